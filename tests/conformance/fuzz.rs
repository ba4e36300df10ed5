//! The fuzzer's targets over what it has found so far: no nightly compiler is needed for that.

use std::fs;
use std::path::Path;

use fuzz::{TARGETS, seeds};

#[test]
fn what_the_fuzzer_has_found_holds() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
        let found = fs::read_dir(&folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
        let inputs: Vec<_> = found.chain(seeds(name)).collect();
        inputs.iter().for_each(|input| target(input));
        println!("{name}: {} inputs", inputs.len());
        assert!(inputs.len() > seeds(name).len(), "the corpus of {name} is gone");
    }
}
