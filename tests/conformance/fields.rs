//! What `imhook show` says of the fields is what the payload types say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Serialize;
use syn::{
    Attribute, Expr, ExprLit, Fields, GenericArgument, Item, ItemEnum, ItemStruct, Lit, LitStr,
    PathArguments, Token, Type, UseTree, Variant,
};
use tencent_im_webhook::Command;

#[test]
fn the_fields_that_imhook_shows_are_those_of_the_payloads() {
    let path = repository().join("crates/tencent-im-webhook-cli/src/fields.json");
    let written = listed(&Sources::read());
    if env::var_os("UPDATE_FIELDS").is_some() {
        return fs::write(&path, written).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(committed == written, "run `UPDATE_FIELDS=1 cargo test -p conformance fields`");
}

/// One field of a body, wherever it is nested.
#[derive(Debug, Serialize)]
struct Field {
    /// Its keys from the top, with `[]` for every list on the way.
    path: String,
    #[serde(rename = "type")]
    kind: String,
    required: bool,
    doc: String,
    /// The names that an open set has so far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<String>,
}

/// An object with a list per command, and a line per field.
fn listed(sources: &Sources) -> String {
    let payloads = payloads();
    let command = |command: &Command| {
        let (family, payload) = &payloads[command.as_str()];
        let fields = sources.fields(family, payload);
        assert!(!fields.is_empty(), "{command} has fields");
        let lines: Vec<_> = fields.iter().map(|field| serde_json::to_string(field).unwrap()).collect();
        format!("\"{command}\":[\n{}\n]", lines.join(",\n"))
    };
    format!("{{\n{}\n}}\n", Command::ALL.iter().map(command).collect::<Vec<_>>().join(",\n"))
}

/// The module and the name of each command's payload, from the rows of the catalogue.
fn payloads() -> BTreeMap<String, (String, String)> {
    let text = fs::read_to_string(core().join("catalogue.rs")).unwrap();
    let mut lines = text.lines().map(str::trim);
    let mut payloads = BTreeMap::new();
    while let Some(line) = lines.next() {
        let Some(wire) = line.strip_prefix('"').and_then(|line| line.split('"').next()) else { continue };
        let (_, payload) = lines.next().and_then(|row| row.split_once('(')).unwrap();
        let (family, payload) = payload.trim_end_matches(')').split_once("::").unwrap();
        payloads.insert(wire.to_owned(), (family.to_owned(), payload.to_owned()));
    }
    payloads
}

/// The types of each module of events.
struct Sources {
    families: BTreeMap<String, Family>,
}

#[derive(Default)]
struct Family {
    structs: BTreeMap<String, ItemStruct>,
    /// Open sets: the names of each.
    names: BTreeMap<String, Vec<String>>,
    /// Types of other families, by name.
    imports: BTreeMap<String, String>,
}

impl Sources {
    fn read() -> Self {
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        for (family, file) in files(&core().join("event")) {
            let family = families.entry(family).or_default();
            for item in syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap().items {
                family.add(item);
            }
        }
        Self { families }
    }

    fn fields(&self, family: &str, payload: &str) -> Vec<Field> {
        let mut fields = Vec::new();
        self.add_fields(family, &self.families[family].structs[payload], "", &mut fields);
        fields
    }

    fn add_fields(&self, family: &str, item: &ItemStruct, prefix: &str, fields: &mut Vec<Field>) {
        let Fields::Named(named) = &item.fields else { panic!("{} has named fields", item.ident) };
        for field in &named.named {
            let ident = field.ident.as_ref().unwrap().to_string();
            let serde = Serde::of(&field.attrs);
            let key = serde.rename.unwrap_or_else(|| pascal(&ident));
            let (optional, kind) = inside(&field.ty, "Option");
            let at = fields.len();
            fields.push(Field {
                path: format!("{prefix}{key}"),
                kind: spelled(kind),
                required: !optional && !serde.default,
                doc: first_sentence(&field.attrs),
                names: Vec::new(),
            });
            let (list, kind) = inside(kind, "Vec");
            let path = format!("{prefix}{key}{}.", if list { "[]" } else { "" });
            self.add_inner(family, &spelled(kind), &path, at, fields);
        }
    }

    /// What a type says beyond its name.
    fn add_inner(&self, family: &str, kind: &str, path: &str, at: usize, fields: &mut Vec<Field>) {
        if kind == "MsgBody" {
            return fields.extend(elements(path.trim_end_matches('.')));
        }
        let family = self.families[family].imports.get(kind).map_or(family, String::as_str);
        let Some(Family { structs, names, .. }) = self.families.get(family) else { return };
        if let Some(item) = structs.get(kind) {
            self.add_fields(family, item, path, fields);
        } else if let Some(names) = names.get(kind) {
            fields[at].names.clone_from(names);
        }
    }
}

impl Family {
    fn add(&mut self, item: Item) {
        match item {
            Item::Struct(item) => drop(self.structs.insert(item.ident.to_string(), item)),
            Item::Macro(item) if item.mac.path.is_ident("open_enum") => {
                let item: ItemEnum = item.mac.parse_body().unwrap();
                let names = item.variants.iter().map(wire_name).collect();
                self.names.insert(item.ident.to_string(), names);
            }
            Item::Use(item) => self.import(&item.tree),
            _ => {}
        }
    }

    /// `use crate::event::group::GroupType;`
    fn import(&mut self, tree: &UseTree) {
        let event = below(tree, "crate").and_then(|tree| below(tree, "event"));
        if let Some(UseTree::Path(path)) = event {
            let names = match &*path.tree {
                UseTree::Name(name) => vec![name.ident.to_string()],
                UseTree::Group(group) => group.items.iter().map(spelled).collect(),
                _ => Vec::new(),
            };
            self.imports.extend(names.into_iter().map(|name| (name, path.ident.to_string())));
        }
    }
}

/// What a path of a `use` goes on with after this segment.
fn below<'a>(tree: &'a UseTree, segment: &str) -> Option<&'a UseTree> {
    match tree {
        UseTree::Path(path) if path.ident == segment => Some(&path.tree),
        _ => None,
    }
}

/// The parts of `#[serde(…)]` that say how a field stands on the wire.
#[derive(Default)]
struct Serde {
    rename: Option<String>,
    default: bool,
}

impl Serde {
    fn of(attributes: &[Attribute]) -> Self {
        let mut serde = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let parsed = attribute.parse_nested_meta(|meta| {
                let value =
                    if meta.input.peek(Token![=]) { Some(meta.value()?.parse::<LitStr>()?) } else { None };
                if meta.path.is_ident("rename") {
                    serde.rename = value.map(|name| name.value());
                } else if meta.path.is_ident("default") {
                    serde.default = true;
                }
                Ok(())
            });
            parsed.unwrap();
        }
        serde
    }
}

/// The elements of a message, whose contents depend on their type.
fn elements(body: &str) -> [Field; 2] {
    let field = |key, kind: &str, doc: &str| Field {
        path: format!("{body}[].{key}"),
        kind: kind.into(),
        required: true,
        doc: doc.into(),
        names: Vec::new(),
    };
    let mut kind = field("MsgType", "String", "What sort of element it is.");
    kind.names = element_types();
    [kind, field("MsgContent", "MsgElement", "What it says, with keys that depend on `MsgType`.")]
}

/// The types of elements, from the docs of the variants.
fn element_types() -> Vec<String> {
    let file = syn::parse_file(&fs::read_to_string(core().join("message/mod.rs")).unwrap()).unwrap();
    let elements = file.items.into_iter().find_map(|item| match item {
        Item::Enum(item) if item.ident == "MsgElement" => Some(item),
        _ => None,
    });
    let names = elements.unwrap().variants.into_iter().map(|variant| first_sentence(&variant.attrs));
    names.filter_map(|doc| Some(doc.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect()
}

/// `HangUp = "HangUp" | "Hangup"`: the first spelling.
fn wire_name(variant: &Variant) -> String {
    let mut value = &variant.discriminant.as_ref().unwrap().1;
    while let Expr::Binary(either) = value {
        value = &either.left;
    }
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => name.value(),
        _ => panic!("{} has a name", variant.ident),
    }
}

/// What stands inside of a generic type of this name; the type itself if it is another one.
fn inside<'a>(kind: &'a Type, outer: &str) -> (bool, &'a Type) {
    let Type::Path(path) = kind else { return (false, kind) };
    match path.path.segments.last().map(|segment| (segment.ident == outer, &segment.arguments)) {
        Some((true, PathArguments::AngleBracketed(arguments))) => match arguments.args.first() {
            Some(GenericArgument::Type(inner)) => (true, inner),
            _ => (false, kind),
        },
        _ => (false, kind),
    }
}

/// Rust without the blanks between tokens, but for those after commas.
fn spelled(tokens: &impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "").replace(',', ", ")
}

/// The first sentence of the docs, without the targets of links.
fn first_sentence(attributes: &[Attribute]) -> String {
    let docs = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    let paragraph = docs.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let plain = without_links(&paragraph);
    match plain.find(". ") {
        Some(end) => plain[..=end].to_owned(),
        None => plain,
    }
}

fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let (name, after) = link.split_once(']').unwrap_or((link, ""));
        plain.extend([before, name]);
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').map_or("", |(_, rest)| rest),
            None => after,
        };
    }
    plain + rest
}

fn pascal(name: &str) -> String {
    let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}

/// Every source file of a folder with the module of events that it belongs to.
fn files(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let family = path.file_stem().unwrap().to_string_lossy().into_owned();
        match path.is_dir() {
            true => files.extend(self::files(&path).into_iter().map(|(_, file)| (family.clone(), file))),
            false => files.push((family, path)),
        }
    }
    files
}

fn core() -> PathBuf {
    repository().join("crates/tencent-im-webhook/src")
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
