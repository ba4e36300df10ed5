//! Writes the first corpus: `cargo run --bin seed`, in this folder.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    for (target, _) in fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (at, seed) in fuzz::seeds(target).iter().enumerate() {
            fs::write(folder.join(format!("seed-{at:03}")), seed)?;
        }
    }
    Ok(())
}
