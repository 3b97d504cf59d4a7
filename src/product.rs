//! Products: what a driver is signed as.

use crate::{
    client::{Client, Operation, Raw},
    error::Result,
    list::List,
    model::{NewProduct, Product, ProductId, SubmissionId, UpdateProduct},
    submission::{SubmissionHandler, SubmissionsHandler},
};

/// The products of the account. See [`Client::products`].
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::model::NewProduct;
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let products = client.products();
/// let mut list = products.list();
/// while let Some(product) = list.try_next().await? {
///     println!("{:?} {:?}", product.id_or_link(), product.product_name);
/// }
///
/// let new = NewProduct::attestation("Echo 1.2", vec!["WINDOWS_v100_X64_GE_FULL".into()]);
/// let made = products.create(&new).await?;
/// println!("made {:?}", made.id);
/// # Ok(())
/// # }
/// ```
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

    /// Makes a product. It cannot be deleted, so this is never sent twice by itself; its future should
    /// not be [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when the product breaks a documented rule; then nothing was sent.
    /// When [`Error::may_have_been_applied`] says so, look for a product of this name before you try
    /// again.
    ///
    /// [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn create(&self, product: &NewProduct) -> Result<Product> {
        product.check()?;
        let send = |raw: Raw| async move { raw.create_product(product).await };
        self.client.create(Operation::CREATE_PRODUCT, send).await
    }
}

/// One product. See [`Client::product`].
///
/// ```no_run
/// use hardware_dashboard::model::{ProductId, SubmissionId, UpdateProduct};
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let product = client.product(ProductId::new(14631253285588838));
/// println!("{:?}", product.get().await?.requested_signatures);
/// product.update(&UpdateProduct::default().product_name("Echo 1.3")).await?;
///
/// let submission = product.submission(SubmissionId::new(1152921504621442000)).get().await?;
/// println!("{:?}; all of them: {:?}", submission.name, product.submissions().list());
/// # Ok(())
/// # }
/// ```
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
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
    pub async fn get(&self) -> Result<Product> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.get_product(id).await };
        self.client.read(Operation::GET_PRODUCT, send).await
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
