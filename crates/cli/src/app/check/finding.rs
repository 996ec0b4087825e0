//! What a check finds, and where.

use std::fmt;

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// The package will be refused, gives a secret away, or cannot work.
    Error,
    /// Something in it will not work, or is hardly meant.
    Warning,
    /// Worth knowing.
    Note,
}

/// One thing that was found.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    /// The kind of finding: a name that stays the same between versions of this program.
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    /// The file, relative to the package; `null` for the package as a whole.
    pub(super) path: Option<String>,
    /// Line and column, both from 1, the column in characters; `null` for the file as a whole.
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        // A name is foreign text: control characters must not reach the terminal.
        write!(f, "{}", self.path.as_deref().unwrap_or("package").escape_debug())?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {severity}: {} [{}]", self.message, self.rule)?;
        write!(f, "\n    {}", self.hint)
    }
}

/// Most findings that are kept; a package with more has the same few mistakes many times.
const MOST: usize = 1_000;
/// Longest piece of foreign text that a message quotes, in characters.
const QUOTED: usize = 100;

/// Everything found so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    /// How many more there were.
    pub(super) left_out: usize,
}

impl Findings {
    /// Adds a finding about a file as a whole, or about the package.
    pub(super) fn add(
        &mut self,
        rule: &'static str,
        severity: Severity,
        path: Option<&str>,
        message: impl Into<String>,
        hint: &'static str,
    ) {
        self.push(Finding {
            rule,
            severity,
            path: path.map(str::to_owned),
            line: None,
            column: None,
            message: message.into(),
            hint,
        });
    }

    fn push(&mut self, finding: Finding) {
        // Errors are kept at any rate: they decide how the check ends.
        if self.all.len() < MOST || (finding.severity == Severity::Error && self.all.len() < 2 * MOST) {
            self.all.push(finding);
        } else {
            self.left_out += 1;
        }
    }

    /// By file, then by place.
    pub(super) fn sort(&mut self) {
        self.all
            .sort_by(|a, b| (&a.path, a.line, a.column, a.rule).cmp(&(&b.path, b.line, b.column, b.rule)));
    }

    pub(super) fn count(&self, severity: Severity) -> usize {
        self.all.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// A text file, or the part of one that is in another language, with the way back from offsets to lines.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) path: &'a str,
    /// The whole file.
    whole: &'a str,
    /// Where the part begins in it, in bytes.
    from: usize,
    /// The part.
    pub(super) part: &'a str,
}

impl<'a> Text<'a> {
    pub(super) fn new(path: &'a str, whole: &'a str) -> Self {
        Self {
            path,
            whole,
            from: 0,
            part: whole,
        }
    }

    /// The part between two offsets of this one; empty if there is no such part.
    pub(super) fn between(self, from: usize, to: usize) -> Self {
        Self {
            from: self.from + from,
            part: self.part.get(from..to).unwrap_or_default(),
            ..self
        }
    }

    /// What an attribute holds, decoded, whose value begins at an offset of this part.
    pub(super) fn holding<'b>(self, from: usize, value: &'b str) -> Text<'b>
    where
        'a: 'b,
    {
        Text {
            from: self.from + from,
            part: value,
            ..self
        }
    }

    /// Adds a finding at an offset of the part, in bytes.
    pub(super) fn found(
        self,
        findings: &mut Findings,
        offset: usize,
        rule: &'static str,
        severity: Severity,
        message: impl Into<String>,
        hint: &'static str,
    ) {
        let before = self.whole.get(..self.from + offset).unwrap_or(self.whole);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        findings.push(Finding {
            rule,
            severity,
            path: Some(self.path.to_owned()),
            line: Some(before.bytes().filter(|byte| *byte == b'\n').count() + 1),
            column: before.get(line_start..).map(|line| line.chars().count() + 1),
            message: message.into(),
            hint,
        });
    }
}

/// Foreign text in a message: quoted, without control characters, and not too long.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().nth(QUOTED).is_none() {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(QUOTED).collect();
    format!("{:?}", start + "…")
}
