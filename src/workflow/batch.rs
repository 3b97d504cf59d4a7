//! Many runs at once.

use futures_util::{StreamExt, stream};

use super::{Outcome, Run};
use crate::error::{Error, Result};

/// So many runs are under way at once, when nobody says otherwise.
const AT_ONCE: usize = 32;

/// Many runs at once, none of which disturbs another.
///
/// Make the runs with clones of one client: they share its connections, its token and its throttle,
/// which keeps all of them together within the calls that the account may make.
///
/// ```no_run
/// use hardware_dashboard::{
///     Client, Result,
///     workflow::{Batch, Run, Sign},
/// };
///
/// # async fn example(client: Client, orders: Vec<Sign>) -> Result<()> {
/// let mut batch = Batch::new().at_once(100);
/// for order in orders {
///     batch.add(Run::sign(client.clone(), order)?)?;
/// }
/// let summary = batch.until_done().await;
/// println!("{} done, {} still running", summary.done(), summary.still_running());
/// println!("{} runs in all", summary.outcomes().len());
/// for (run, error) in summary.failures() {
///     println!("{:?}: {error}", batch.runs()[run].state().product_id());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Batch {
    runs: Vec<Run>,
    at_once: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { runs: Vec::new(), at_once: AT_ONCE }
    }
}

impl Batch {
    /// A batch without runs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many runs are under way at once: 32 by default, and one at least. A run that waits for the
    /// service counts too, and costs next to nothing.
    #[must_use]
    pub fn at_once(mut self, runs: usize) -> Self {
        self.at_once = runs.max(1);
        self
    }

    /// Adds a run.
    ///
    /// # Errors
    ///
    /// Fails when another run of the batch makes a product of the same name, a submission of the same
    /// name in the same product, or a shipping label of the same name for the same submission: were an
    /// answer to one of the two lost, nobody could tell whose it is. Fails also when both write the
    /// same file.
    pub fn add(&mut self, run: Run) -> Result<()> {
        let claimed: Vec<_> = self.runs.iter().flat_map(Run::claims).collect();
        if let Some(claim) = run.claims().into_iter().find(|claim| claimed.contains(claim)) {
            return Err(
                Error::input(format!("two runs of the batch {claim}")).with_hint(claim.advice())
            );
        }
        self.runs.push(run);
        Ok(())
    }

    /// The runs, in the order in which they were added.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// Does everything that is left of all runs, as [`Run::until_done`] does. It may be called again,
    /// and goes on with the runs that have not ended well.
    pub async fn until_done(&mut self) -> Summary {
        let runs = self.runs.iter_mut().enumerate();
        let ends =
            stream::iter(runs).map(|(number, run)| async move { (number, run.until_done().await) });
        let mut ends: Vec<_> = ends.buffer_unordered(self.at_once).collect().await;
        ends.sort_unstable_by_key(|(number, _)| *number);
        Summary { outcomes: ends.into_iter().map(|(_, outcome)| outcome).collect() }
    }
}

/// How the runs of a [`Batch`] ended, each by itself.
///
/// See the example of [`Batch`].
#[derive(Debug)]
pub struct Summary {
    outcomes: Vec<Result<Outcome>>,
}

impl Summary {
    /// How each run ended, in the order in which they were added.
    pub fn outcomes(&self) -> &[Result<Outcome>] {
        &self.outcomes
    }

    /// How many runs are done.
    #[must_use]
    pub fn done(&self) -> usize {
        self.outcomes.len() - self.still_running() - self.failures().count()
    }

    /// How many runs are to be gone on with: the service is still at work, or a package is to be made.
    #[must_use]
    pub fn still_running(&self) -> usize {
        let running = |outcome: &&Result<Outcome>| {
            matches!(outcome, Ok(Outcome::StillRunning | Outcome::PackageWanted { .. }))
        };
        self.outcomes.iter().filter(running).count()
    }

    /// The runs that failed, by their place, and why.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Error)> {
        let numbered = self.outcomes.iter().enumerate();
        numbered.filter_map(|(number, outcome)| Some((number, outcome.as_ref().err()?)))
    }
}
