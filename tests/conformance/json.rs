//! Ways through a JSON document.

use serde_json::Value;

/// A place in a document, by keys and indices from the outside in.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place(Vec<Step>);

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    /// The key that the place has in its object; `None` for the document and in a list.
    pub(crate) fn key(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Key(key) => Some(key),
            Step::Index(_) => None,
        }
    }

    pub(crate) fn is_top_level(&self) -> bool {
        self.0.len() == 1
    }

    /// Whether it lies in the value of this key, at any depth.
    pub(crate) fn is_inside(&self, key: &str) -> bool {
        let outer = &self.0[..self.0.len().saturating_sub(1)];
        outer.iter().any(|step| matches!(step, Step::Key(outer) if outer == key))
    }

    /// Such as `PairList[].To_Account`: all entries of a list have the same name.
    pub(crate) fn name(&self) -> String {
        self.0.iter().fold(String::new(), |name, step| match step {
            Step::Key(key) if name.is_empty() => key.clone(),
            Step::Key(key) => format!("{name}.{key}"),
            Step::Index(_) => format!("{name}[]"),
        })
    }

    pub(crate) fn of<'a>(&self, document: &'a mut Value) -> &'a mut Value {
        self.0.iter().fold(document, |value, step| match step {
            Step::Key(key) => &mut value[key],
            Step::Index(index) => &mut value[index],
        })
    }

    /// The document without the key that stands here.
    pub(crate) fn removed_from(&self, document: &Value) -> Value {
        let mut document = document.clone();
        let (key, outer) = self.0.split_last().unwrap();
        let Step::Key(key) = key else { panic!("{self:?} is no key") };
        Self(outer.to_vec()).of(&mut document).as_object_mut().unwrap().remove(key);
        document
    }

    /// The document with another value here.
    pub(crate) fn replaced_in(&self, document: &Value, value: impl Into<Value>) -> Value {
        let mut document = document.clone();
        *self.of(&mut document) = value.into();
        document
    }

    /// The text of the document with raw text in place of the value here.
    pub(crate) fn spliced_into(&self, document: &Value, raw: &str) -> String {
        const MARK: &str = "@@here@@";
        self.replaced_in(document, MARK).to_string().replacen(&format!("\"{MARK}\""), raw, 1)
    }

    /// The text of the document with the key that stands here given twice.
    pub(crate) fn doubled_in(&self, document: &Value) -> String {
        const MARK: &str = "@@again@@";
        let key = self.key().unwrap();
        let mut document = document.clone();
        let value = self.of(&mut document).clone();
        let (_, outer) = self.0.split_last().unwrap();
        Self(outer.to_vec()).of(&mut document).as_object_mut().unwrap().insert(MARK.into(), value);
        document.to_string().replacen(&format!("\"{MARK}\""), &serde_json::to_string(key).unwrap(), 1)
    }
}

/// Every value of a document with its place, the document itself first.
pub(crate) fn places(document: &Value) -> Vec<(Place, &Value)> {
    let mut all = Vec::new();
    collect(Place::default(), document, &mut all);
    all
}

/// Every value that stands under a key, at any depth.
pub(crate) fn keys(document: &Value) -> impl Iterator<Item = (Place, &Value)> {
    places(document).into_iter().filter(|(place, _)| place.key().is_some())
}

/// Every text, number and boolean.
pub(crate) fn leaves(document: &Value) -> impl Iterator<Item = (Place, &Value)> {
    places(document)
        .into_iter()
        .filter(|(_, value)| !value.is_object() && !value.is_array() && !value.is_null())
}

/// Every object.
pub(crate) fn objects(document: &Value) -> impl Iterator<Item = (Place, &serde_json::Map<String, Value>)> {
    places(document).into_iter().filter_map(|(place, value)| Some((place, value.as_object()?)))
}

fn collect<'a>(place: Place, value: &'a Value, all: &mut Vec<(Place, &'a Value)>) {
    let below = |step| {
        let mut steps = place.0.clone();
        steps.push(step);
        Place(steps)
    };
    let children: Vec<(Place, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (below(Step::Key(key.clone())), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, value)| (below(Step::Index(index)), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    all.push((place, value));
    for (place, value) in children {
        collect(place, value, all);
    }
}
