//! Lists the fixtures, so that a new file needs no second place to be named in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=fixtures");
    // The paths in there are absolute.
    println!("cargo::rerun-if-env-changed=CARGO_MANIFEST_DIR");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("fixtures.rs");
    fs::write(out, list(&Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("fixtures"))?)
}

fn list(folder: &Path) -> io::Result<String> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    let mut rows = String::from("&[\n");
    for path in paths.iter().filter(|path| path.extension().is_some_and(|kind| kind == "json")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(rows, "Fixture::new({name:?}, include_str!({path:?})),");
    }
    rows.push(']');
    Ok(rows)
}
