//! The README says what the code does.

use std::path::Path;
use std::{env, fs};

use tencent_im_webhook::{Command, Kind};

#[test]
fn the_table_of_commands_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let text = fs::read_to_string(&path).unwrap();
    let begin = text.find("<!-- commands:").and_then(|at| Some(at + text[at..].find("-->\n")? + 4)).unwrap();
    let end = text.find("<!-- end of commands -->").unwrap();
    if env::var_os("UPDATE_README").is_some() {
        return fs::write(&path, format!("{}{}{}", &text[..begin], table(), &text[end..])).unwrap();
    }
    assert_eq!(text[begin..end], table(), "run `UPDATE_README=1 cargo test -p conformance readme`");
}

fn table() -> String {
    let rows = Command::ALL.iter().map(|command| {
        let kind = match command.kind() {
            Some(Kind::Before) => "before",
            Some(Kind::Reply) => "reply",
            Some(Kind::After) => "after",
            other => panic!("{command} has the kind {other:?}"),
        };
        format!("| `{command}` | {kind} | {} |\n", command.summary().unwrap_or_default())
    });
    let head = "\n| `CallbackCommand` | kind | what it tells |\n| --- | --- | --- |\n".to_owned();
    head + &rows.collect::<String>() + "\n"
}
