//! The syntax of INFs: sections of lines `key = value, value`, and strings.

use std::collections::{BTreeMap, BTreeSet};

/// A line of a section; without `=` it has no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: Option<String>,
    pub(super) values: Vec<String>,
}

/// A whole INF; names of sections, keys and strings are compared without case.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// By name in lower case; sections of the same name are one.
    sections: BTreeMap<String, Vec<Line>>,
    strings: BTreeMap<String, String>,
}

const STRINGS: &str = "strings";

/// The names of languages by the low ten bits of their identifiers.
const LANGUAGES: [(u16, &str); 14] = [
    (0x04, "Chinese"),
    (0x05, "Czech"),
    (0x07, "German"),
    (0x09, "English"),
    (0x0A, "Spanish"),
    (0x0C, "French"),
    (0x10, "Italian"),
    (0x11, "Japanese"),
    (0x12, "Korean"),
    (0x13, "Dutch"),
    (0x15, "Polish"),
    (0x16, "Portuguese"),
    (0x19, "Russian"),
    (0x1D, "Swedish"),
];

/// The text of an INF, whatever its encoding; what is not valid in it is replaced.
pub(super) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFF, 0xFE, text @ ..] => {
            let units: Vec<u16> =
                text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, text @ ..] => String::from_utf8_lossy(text).into_owned(),
        text => String::from_utf8_lossy(text).into_owned(),
    }
}

impl Document {
    pub(super) fn parse(text: &str) -> Self {
        let mut document = Self::default();
        let mut section = None;
        for line in logical_lines(text) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
                let name = name.trim().to_lowercase();
                document.sections.entry(name.clone()).or_default();
                section = Some(name);
            } else if let Some(lines) =
                section.as_ref().and_then(|name| document.sections.get_mut(name))
            {
                lines.push(Line::parse(&line));
            }
        }
        document.read_strings();
        document
    }

    pub(super) fn has_section(&self, name: &str) -> bool {
        self.sections.contains_key(&name.to_lowercase())
    }

    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = &Line> {
        self.sections.get(&name.to_lowercase()).into_iter().flatten()
    }

    /// The values of an entry, with strings put in; none if the entry is not there.
    pub(super) fn values(&self, section: &str, key: &str) -> Vec<String> {
        let named =
            |line: &&Line| line.key.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(key));
        let line = self.section(section).find(named);
        line.map(|line| self.expand_all(&line.values)).unwrap_or_default()
    }

    /// The first value of an entry.
    pub(super) fn value(&self, section: &str, key: &str) -> Option<String> {
        self.values(section, key).into_iter().next()
    }

    pub(super) fn expand_all(&self, values: &[String]) -> Vec<String> {
        values.iter().map(|value| self.expand(value)).collect()
    }

    /// Puts in the strings that `%name%` stands for; `%%` is a percent sign. What is not defined
    /// stays, as do the numbers of folders.
    pub(super) fn expand(&self, text: &str) -> String {
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            expanded += before;
            let Some((name, after)) = after.split_once('%') else {
                return expanded + "%" + after;
            };
            match self.strings.get(&name.to_lowercase()) {
                Some(string) => expanded += string,
                None if name.is_empty() => expanded.push('%'),
                None => expanded += &format!("%{name}%"),
            }
            rest = after;
        }
        expanded + rest
    }

    /// The strings that a line outside the Strings sections uses and none of them defines.
    pub(super) fn undefined_strings(&self) -> BTreeSet<&str> {
        let sections = self.sections.iter().filter(|(name, _)| !is_strings(name));
        let lines = sections.flat_map(|(_, lines)| lines);
        let texts = lines.flat_map(|line| line.key.iter().chain(&line.values));
        texts
            .flat_map(|text| tokens(text))
            .filter(|name| !name.is_empty() && name.parse::<u32>().is_err())
            .filter(|name| !self.strings.contains_key(&name.to_lowercase()))
            .collect()
    }

    /// The languages that there are Strings sections for.
    pub(super) fn locales(&self) -> Vec<String> {
        let language = |section: &String| {
            let suffix = section.strip_prefix(STRINGS)?;
            let id = match suffix.strip_prefix('.') {
                Some(id) => u16::from_str_radix(id, 16).ok()?,
                None if suffix.is_empty() => 0x09,
                None => return None,
            };
            let known = LANGUAGES.iter().find(|(language, _)| *language == id & 0x3FF);
            Some(known.map_or_else(|| format!("{id:04x}"), |(_, name)| (*name).to_owned()))
        };
        let languages: BTreeSet<String> = self.sections.keys().filter_map(language).collect();
        languages.into_iter().collect()
    }

    /// Reads the strings; those of a language fill in where the plain section has none.
    fn read_strings(&mut self) {
        for (_, lines) in self.sections.iter().filter(|(name, _)| is_strings(name)) {
            for line in lines {
                if let (Some(key), Some(value)) = (&line.key, line.values.first()) {
                    self.strings.entry(key.to_lowercase()).or_insert_with(|| value.clone());
                }
            }
        }
    }
}

fn is_strings(section: &str) -> bool {
    section.split('.').next() == Some(STRINGS)
}

/// What stands between pairs of percent signs.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let pairs = text.matches('%').count() / 2;
    text.split('%').skip(1).step_by(2).take(pairs)
}

impl Line {
    fn parse(line: &str) -> Self {
        let mut parts = split(line, '=', 2).into_iter();
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        match second {
            Some(values) => Self { key: Some(unquote(&first)), values: values_of(&values) },
            None => Self { key: None, values: values_of(&first) },
        }
    }
}

fn values_of(text: &str) -> Vec<String> {
    split(text, ',', usize::MAX).iter().map(|value| unquote(value)).collect()
}

/// The lines without comments and blanks, those that end in a backslash joined with the next.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut joined = String::new();
    for line in text.lines() {
        let line = split(line, ';', 2).into_iter().next().unwrap_or_default();
        let line = line.trim();
        match line.strip_suffix('\\') {
            Some(start) => joined += start,
            None => {
                joined += line;
                lines.push(std::mem::take(&mut joined));
            }
        }
    }
    lines.push(joined);
    lines.retain(|line| !line.is_empty());
    lines
}

/// Splits at a separator outside quotes, into so many parts at most.
fn split(text: &str, separator: char, limit: usize) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        if c == separator && !quoted && parts.len() < limit {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts
}

/// Trims a value and takes its quotes off; a doubled quote inside stands for one.
fn unquote(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_owned(),
    }
}
