"""Sends a file as Python's azure-storage-blob does: transfer.py plain|md5 FILE URL."""

import sys

from azure.storage.blob import BlobClient

how, file, url = sys.argv[1:]
with open(file, "rb") as package:
    BlobClient.from_blob_url(url).upload_blob(
        package, overwrite=True, max_concurrency=8, validate_content=how == "md5"
    )
