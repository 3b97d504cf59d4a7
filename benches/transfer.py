"""Sends a file as Python's azure-storage-blob does: transfer.py plain|md5|all FILE URL.

`md5` has the MD5 of each block checked, `all` has that of the whole kept with the blob, too.
"""

import hashlib
import sys

from azure.storage.blob import BlobClient, ContentSettings

how, file, url = sys.argv[1:]
with open(file, "rb") as package:
    settings = None
    if how == "all":
        md5 = hashlib.file_digest(package, "md5").digest()
        settings = ContentSettings(content_md5=bytearray(md5))
        package.seek(0)
    BlobClient.from_blob_url(url).upload_blob(
        package,
        overwrite=True,
        max_concurrency=8,
        validate_content=how != "plain",
        content_settings=settings,
    )
