//! Where environment variables are read.

use std::{collections::HashMap, env, fmt, sync::Arc};

/// The variables of this process, or others in their place.
#[derive(Clone, Default)]
pub(super) enum Variables {
    #[default]
    Process,
    Given(Arc<HashMap<String, String>>),
}

impl Variables {
    /// The value without blanks around it; an empty one is none.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let value = match self {
            Self::Process => env::var(name).ok()?,
            Self::Given(given) => given.get(name)?.clone(),
        };
        Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let given = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self::Given(Arc::new(given.collect()))
    }
}

/// Without the values: some are secrets.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Given(given) => f.debug_set().entries(given.keys()).finish(),
        }
    }
}
