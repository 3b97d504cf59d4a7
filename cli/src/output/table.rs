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

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["id", "name"];

    fn shown(width: Option<usize>, names: impl Iterator<Item = String>) -> Vec<String> {
        let mut rows = Rows::new(COLUMNS, width);
        let mut batches: Vec<_> = names
            .enumerate()
            .filter_map(|(index, name)| rows.push(vec![index.to_string(), name]))
            .collect();
        batches.extend(rows.flush());
        batches.iter().flat_map(|batch| batch.lines()).map(str::to_owned).collect()
    }

    #[test]
    fn a_long_list_comes_in_batches_with_one_header_and_columns_that_stay() {
        let names = (0..2 * BATCH + 1).map(|index| format!("name {index}"));
        let lines = shown(None, names);
        assert_eq!(lines.len(), 2 * BATCH + 2);
        assert_eq!(lines[0], "ID  NAME");
        assert_eq!(lines[1], "0   name 0");
        assert_eq!(lines[BATCH + 1], format!("{BATCH}  name {BATCH}"));
        assert_eq!(lines[2 * BATCH + 1], format!("{}  name {}", 2 * BATCH, 2 * BATCH));
    }

    #[test]
    fn what_is_too_wide_comes_one_below_the_other_to_the_end() {
        let name = |index| format!("a name of some length, {index}");
        assert_eq!(shown(Some(30), (0..1).map(name)), ["ID  NAME", "0   a name of some length, 0"]);
        let narrow = shown(Some(20), (0..BATCH + 1).map(name));
        assert_eq!(narrow[..3], ["id    0", "name  a name of some length, 0", ""]);
        assert_eq!(narrow.last().unwrap(), &format!("name  a name of some length, {BATCH}"));
        assert_eq!(narrow.iter().filter(|line| line.is_empty()).count(), BATCH);
    }

    #[test]
    fn the_lines_of_a_field_stand_below_one_another() {
        let fields = Fields::default()
            .with("id", Some(7))
            .with("nothing", None::<&str>)
            .with("empty", Some(""))
            .with("messages", Some("one\ntwo"));
        assert_eq!(fields.render(), "id        7\nmessages  one\n          two\n");
    }
}
