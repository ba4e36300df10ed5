//! Files with a JSON value per line.

use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};

/// The values of all lines that are not blank, with their numbers.
///
/// # Errors
///
/// When the file cannot be read, or for the first line that is none, by its number.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, Error> {
    parse(path, &std::fs::read(path).map_err(|error| Error::file(path, error))?)
}

/// What is in the file, read already.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &[u8]) -> Result<Vec<(usize, T)>, Error> {
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    let value = |(line, number)| match serde_json::from_slice(line) {
        Ok(value) => Ok((number, value)),
        Err(error) => Err(at_line(path, number, problem(&error))),
    };
    lines.filter(|(line, _)| !line.trim_ascii().is_empty()).map(value).collect()
}

/// A line that is not what it should be.
pub(crate) fn at_line(path: &Path, number: usize, problem: impl fmt::Display) -> Error {
    Error::new(ErrorKind::File, format!("{}: line {number}: {problem}", path.display()))
}

/// Without the line that serde counts in each line of ours.
fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (text, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    format!("{text} at column {}", error.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_bad_line_is_told_by_its_number_whatever_its_bytes() {
        let parse = |text: &[u8]| parse::<Value>(Path::new("f"), text);
        assert_eq!(parse(b"\r\n1\r\n\n \t\n2").unwrap(), [(2, 1.into()), (5, 2.into())]);
        for (text, problem) in [
            (&b"1\n\"\xff\"\n"[..], "f: line 2: invalid unicode code point at column "),
            (b"\n\n{]", "f: line 3: key must be a string at column 2"),
            (b"\xff\xfe", "f: line 1: expected value at column 1"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(problem), "{error}");
        }
    }
}
