//! Changes to a body by path: `--set MsgBody.0.MsgContent.Text=hi` and `--unset CloudCustomData`.

use std::str::FromStr;

use clap::Args;
use serde_json::Value;

/// What is changed in a body before it is sent.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Body")]
pub(crate) struct Edits {
    /// Set a value that the body has, such as `MsgBody.0.MsgContent.Text=hi`. A string stays a string; anything
    /// else is JSON of the same kind. With several commands every body must have the path.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Set>,

    /// Leave out a value that the body has. Comes after every `--set`.
    #[arg(long, value_name = "PATH")]
    unset: Vec<String>,
}

#[derive(Clone, Debug)]
struct Set {
    path: String,
    value: String,
}

impl FromStr for Set {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, value) = text.split_once('=').ok_or("it has no `=`")?;
        Ok(Self { path: path.into(), value: value.into() })
    }
}

impl Edits {
    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.unset.is_empty()
    }

    /// The body with the changes. Left as it is, byte for byte, where there are none.
    ///
    /// # Errors
    ///
    /// In words: the body is no JSON, has no such path, or another kind of value there.
    pub(crate) fn apply(&self, body: &[u8]) -> Result<Vec<u8>, String> {
        if self.is_empty() {
            return Ok(body.to_vec());
        }
        let mut root: Value =
            serde_json::from_slice(body).map_err(|error| format!("the body is no JSON: {error}"))?;
        for Set { path, value } in &self.set {
            let standing = at(&mut root, path)?;
            *standing =
                like(standing, value).map_err(|kind| format!("`{path}` is {kind}, and `{value}` is none"))?;
        }
        for path in &self.unset {
            remove(&mut root, path)?;
        }
        Ok(root.to_string().into_bytes())
    }
}

/// A value of the same kind from text, or what that kind is called.
fn like(standing: &Value, text: &str) -> Result<Value, &'static str> {
    if standing.is_string() {
        return Ok(text.into());
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if standing.is_null() || kind(&value) == kind(standing) => Ok(value),
        Err(_) if standing.is_null() => Ok(text.into()),
        Ok(_) | Err(_) => Err(kind(standing)),
    }
}

/// What stands at a path; else which of its keys is the first that is not there, and what is there instead.
fn at<'a>(root: &'a mut Value, path: &str) -> Result<&'a mut Value, String> {
    let missing = missing(root, path);
    root.pointer_mut(&pointer(path)).ok_or(missing)
}

fn remove(root: &mut Value, path: &str) -> Result<(), String> {
    let missing = missing(root, path);
    let (parent, key) = path.rsplit_once('.').map_or(("", path), |(parent, key)| (parent, key));
    let parent = if parent.is_empty() { Some(root) } else { root.pointer_mut(&pointer(parent)) };
    let removed = match parent {
        Some(Value::Object(object)) => object.remove(key),
        Some(Value::Array(array)) => index(key, array).map(|at| array.remove(at)),
        Some(_) | None => None,
    };
    removed.map(drop).ok_or(missing)
}

fn index(key: &str, array: &[Value]) -> Option<usize> {
    key.parse().ok().filter(|&at| at < array.len())
}

/// The path as a JSON pointer.
fn pointer(path: &str) -> String {
    path.split('.').map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect()
}

fn missing(root: &Value, path: &str) -> String {
    let prefixes = path.match_indices('.').map(|(at, _)| &path[..at]);
    let there = prefixes.take_while(|prefix| root.pointer(&pointer(prefix)).is_some()).last();
    let (name, value) = match there {
        Some(prefix) => (format!("`{prefix}`"), root.pointer(&pointer(prefix)).unwrap_or(&Value::Null)),
        None => ("the body".into(), root),
    };
    format!("there is no `{path}`: {name} {}", contents(value))
}

fn contents(value: &Value) -> String {
    match value {
        Value::Object(object) if object.is_empty() => "is empty".into(),
        Value::Object(object) => {
            format!("has {}", object.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        Value::Array(array) if array.is_empty() => "is empty".into(),
        Value::Array(array) if array.len() == 1 => "has 0 only".into(),
        Value::Array(array) => format!("has 0 to {}", array.len() - 1),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("is {}", kind(value)),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn edits(set: &[&str], unset: &[&str]) -> Edits {
        Edits {
            set: set.iter().map(|text| text.parse().unwrap()).collect(),
            unset: unset.iter().map(|&path| path.into()).collect(),
        }
    }

    fn edited(set: &[&str], unset: &[&str]) -> Result<Value, String> {
        let body =
            json!({"Text": "a", "Time": 1, "Sure": true, "None": null, "List": [{"A": "x"}, {"A": "y"}]});
        let body = edits(set, unset).apply(body.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn values_keep_their_kind() {
        let set = ["Text=5", "Time=18446744073709551615", "Sure=false", "None={}", "List.1.A=b=c"];
        let body = edited(&set, &["List.0.A"]).unwrap();
        let expected = json!({
            "Text": "5", "Time": u64::MAX, "Sure": false, "None": {}, "List": [{}, {"A": "b=c"}],
        });
        assert_eq!(body, expected);
        assert_eq!(edited(&["Time=soon"], &[]).unwrap_err(), "`Time` is a number, and `soon` is none");
        assert_eq!(edited(&["List={}"], &[]).unwrap_err(), "`List` is an array, and `{}` is none");
    }

    #[test]
    fn a_path_that_is_not_there_is_told_with_what_is() {
        for (path, error) in [
            ("Txt", "there is no `Txt`: the body has List, None, Sure, Text, Time"),
            ("List.2.A", "there is no `List.2.A`: `List` has 0 to 1"),
            ("List.0.B", "there is no `List.0.B`: `List.0` has A"),
            ("Text.0", "there is no `Text.0`: `Text` is a string"),
            ("", "there is no ``: the body has List, None, Sure, Text, Time"),
        ] {
            assert_eq!(edited(&[&format!("{path}=x")], &[]).unwrap_err(), error);
            assert_eq!(edited(&[], &[path]).unwrap_err(), error);
        }
    }

    #[test]
    fn without_changes_any_bytes_pass() {
        assert_eq!(Edits::default().apply(b"no {json").unwrap(), b"no {json");
        assert!(edits(&[], &["A"]).apply(b"no {json").is_err());
    }
}
