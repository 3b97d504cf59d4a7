//! Tables for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets::NOTHING};
use console::measure_text_width;

use super::printable;

/// The fields of one thing.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// Adds a field, unless there is nothing to say.
    pub(crate) fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        let value = value.map(|value| value.to_string()).filter(|value| !value.is_empty());
        self.0.extend(value.map(|value| (name, value)));
        self
    }

    /// A line for each field; the values below one another where there is room for that.
    pub(crate) fn render(&self) -> String {
        let longest = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let line = |(name, value): &(&str, String)| {
            let mut lines = value.lines().map(printable);
            let first = lines.next().unwrap_or_default();
            let rest = lines.map(|line| format!("\n{:longest$}  {line}", ""));
            format!("{name:longest$}  {first}{}\n", rest.collect::<String>())
        };
        self.0.iter().map(line).collect()
    }
}

/// Rows that are shown as they come, as a table where they fit and one below the other where not.
#[derive(Debug)]
pub(crate) struct Rows {
    columns: &'static [&'static str],
    width: Option<usize>,
    /// How wide the columns have been so far.
    widths: Vec<u16>,
    waiting: Vec<Vec<String>>,
    shape: Option<Shape>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Table,
    Records,
}

/// So many rows are measured before the first one is shown.
const BATCH: usize = 50;

impl Rows {
    pub(crate) fn new(columns: &'static [&'static str], width: Option<usize>) -> Self {
        Self { columns, width, widths: Vec::new(), waiting: Vec::new(), shape: None }
    }

    /// Takes a row in; gives the text to show, when there is some.
    pub(crate) fn push(&mut self, row: Vec<String>) -> Option<String> {
        self.waiting.push(row.iter().map(|cell| printable(cell)).collect());
        (self.waiting.len() >= BATCH).then(|| self.flush()).flatten()
    }

    /// What has not been shown yet.
    pub(crate) fn flush(&mut self) -> Option<String> {
        if self.waiting.is_empty() {
            return None;
        }
        let rows = std::mem::take(&mut self.waiting);
        let is_first = self.shape.is_none();
        let table = self.table(&rows, is_first);
        let is_wider = |width| table.lines().any(|line| measure_text_width(line) > width);
        let shape = *self.shape.get_or_insert_with(|| {
            if self.width.is_some_and(is_wider) { Shape::Records } else { Shape::Table }
        });
        match shape {
            Shape::Table => Some(table),
            Shape::Records => Some(self.records(&rows, is_first)),
        }
    }

    fn table(&mut self, rows: &[Vec<String>], with_header: bool) -> String {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if with_header {
            table.set_header(self.columns.iter().map(|name| name.to_uppercase()));
        }
        table.add_rows(rows);
        for (column, width) in table.column_iter_mut().zip(&self.widths) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*width)));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        self.widths = table.column_max_content_widths().iter().map(|width| width + 2).collect();
        let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n")
    }

    fn records(&self, rows: &[Vec<String>], is_first: bool) -> String {
        let record = |row: &Vec<String>| {
            let pairs = self.columns.iter().copied().zip(row);
            let fields = pairs
                .fold(Fields::default(), |fields, (name, value)| fields.with(name, Some(value)));
            fields.render()
        };
        let records: Vec<_> = rows.iter().map(record).collect();
        let gap = if is_first { "" } else { "\n" };
        format!("{gap}{}", records.join("\n"))
    }
}
