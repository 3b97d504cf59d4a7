//! Products: what a driver is signed as.

use crate::{
    client::{Client, Operation, Raw},
    error::{Error, Kind, Result, Stage},
    list::List,
    model::{NewProduct, Product, ProductId, SubmissionId, UpdateProduct},
    retry::Reach,
    submission::{SubmissionHandler, SubmissionsHandler},
};

/// The products of the account. See [`Client::products`].
#[derive(Clone, Debug)]
pub struct ProductsHandler {
    client: Client,
}

impl ProductsHandler {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All products of the account, page by page.
    #[must_use]
    pub fn list(&self) -> List<Product> {
        let send = |raw: Raw| async move { raw.list_products(None, None).await };
        self.client.list(Operation::LIST_PRODUCTS, send)
    }

    /// Makes a product. It cannot be deleted, so this is never sent twice by itself.
    ///
    /// # Errors
    ///
    /// Fails as every call does. When [`Error::may_have_been_applied`] says so, look for a product
    /// of this name before you try again.
    pub async fn create(&self, product: &NewProduct) -> Result<Product> {
        let operation = Operation::CREATE_PRODUCT;
        let send = |raw: Raw| async move { raw.create_product(product).await };
        let mut made = self.client.call(operation, send).await?;
        made.id = made.id_or_link();
        match made.id {
            Some(_) => Ok(made),
            None => Err(without_id(operation)),
        }
    }
}

/// One product. See [`Client::product`].
#[derive(Clone, Debug)]
pub struct ProductHandler {
    client: Client,
    id: ProductId,
}

impl ProductHandler {
    pub(crate) fn new(client: Client, id: ProductId) -> Self {
        Self { client, id }
    }

    /// Reads the product.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when the account has no such product.
    pub async fn get(&self) -> Result<Product> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.get_product(id).await };
        let mut product = self.client.call(Operation::GET_PRODUCT, send).await?;
        product.id = product.id_or_link();
        Ok(product)
    }

    /// Changes announcement date, marketing names or name, whichever are given.
    ///
    /// # Errors
    ///
    /// Fails as every call does. The service refuses it for shared products and for products without
    /// an initial submission.
    pub async fn update(&self, changes: &UpdateProduct) -> Result<()> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.update_product(id, changes).await };
        self.client.call(Operation::UPDATE_PRODUCT, send).await
    }

    /// The submissions of this product.
    #[must_use]
    pub fn submissions(&self) -> SubmissionsHandler {
        SubmissionsHandler::new(self.client.clone(), self.id)
    }

    /// One submission of this product.
    #[must_use]
    pub fn submission(&self, id: SubmissionId) -> SubmissionHandler {
        SubmissionHandler::new(self.client.clone(), self.id, id)
    }
}

/// A create whose answer does not say what was made.
pub(crate) fn without_id(operation: Operation) -> Error {
    let message = format!("the answer to {} holds no id", operation.id);
    Error::new(Stage::Api(operation.id), Kind::Decode, message).with_reach(Reach::Acted)
}
