//! The fuzzer's targets over what it has found so far and what is near it: no nightly compiler is needed for that.

use std::fs;
use std::ops::Range;
use std::path::Path;

use bytes::Bytes;
use fuzz::{TARGETS, seeds};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

use crate::arbitrary::many;

#[test]
fn what_the_fuzzer_has_found_holds() {
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        inputs.iter().for_each(|input| target(input));
        println!("{name}: {} inputs", inputs.len());
        assert!(inputs.len() > seeds(name).len(), "the corpus of {name} is gone");
    }
}

/// What a continuous integration without the sanitizer has in place of the fuzzer.
#[test]
fn so_does_what_is_a_few_changes_away() {
    let cases = ProptestConfig { cases: 30_000, ..many() };
    for (name, target) in TARGETS {
        let changes = vec(change(inputs(name)), 1..5);
        let near = (select(inputs(name)), changes)
            // Shown as text where it is.
            .prop_map(|(input, changes)| Bytes::from(changes.into_iter().fold(input, changed)));
        let run = TestRunner::new(cases.clone()).run(&near, |input| {
            target(&input);
            Ok(())
        });
        run.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
}

/// The corpus, and what the fuzzer began with.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let found = fs::read_dir(&folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    found.chain(seeds(target)).collect()
}

/// A piece of an input, by its place and length, and what stands there instead.
type Change = (Index, usize, Vec<u8>);

fn change(inputs: Vec<Vec<u8>>) -> impl Strategy<Value = Change> {
    let length = prop_oneof![4 => 0..3_usize, 1 => 0..200_usize];
    let another = (select(inputs), any::<Index>(), 0..40_usize);
    let piece = prop_oneof![
        vec(any::<u8>(), 0..4),
        select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        another.prop_map(|(input, at, length)| input[place(&input, at, length)].to_vec()),
    ];
    (any::<Index>(), length, piece)
}

fn changed(mut input: Vec<u8>, (at, length, piece): Change) -> Vec<u8> {
    let place = place(&input, at, length);
    input.splice(place, piece);
    input
}

fn place(input: &[u8], at: Index, length: usize) -> Range<usize> {
    let start = at.index(input.len() + 1);
    start..input.len().min(start + length)
}

/// What means something in a query or in JSON.
const WORDS: &[&str] = &[
    "&",
    "=",
    "%",
    "+",
    "%00",
    "%26",
    "%E4",
    "&Sign=",
    "&SdkAppid=7",
    "&CallbackCommand=",
    "\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\\ude00",
    "{",
    "}",
    "[",
    "]",
    "[[[[[[[[",
    ",",
    ":",
    "null",
    "true",
    "-0",
    "1e999",
    "18446744073709551616",
    "0.1",
    "{\"\":0}",
    "\u{feff}",
    "\u{10ffff}",
    "\0",
];
