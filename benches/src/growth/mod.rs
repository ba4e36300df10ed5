//! How the cost of a request grows with its size.

mod bodies;
mod family;
mod queries;

use anyhow::{Context, ensure};
use bytes::Bytes;
use tencent_im_webhook::Head;

use crate::growth::family::{Family, Sort};
use crate::once::counted;
use crate::page::Page;
use crate::{parallel, table, valgrind};

/// What a request of twice the size may take, in times of one of half of it.
const MOST: f64 = 2.3;

/// What a byte of a hostile body may take, in times of one of the dearest valid body.
const MOST_OF_DEAREST: f64 = 5.0;

/// Counts every family at half of its limit and at the limit, and fails where one grows faster or costs more than it may.
pub(crate) fn print(page: &Page) -> anyhow::Result<()> {
    let counts = parallel::map(FAMILIES.iter().flat_map(|all| all.iter()), Count::of);
    let counts: Vec<Count> = counts.into_iter().collect::<anyhow::Result<_>>()?;
    let valid = counts.iter().filter(|count| count.family.sort == Sort::Valid);
    let dearest = valid.map(Count::per_byte).fold(0.0, f64::max);
    let mut table = table::of([
        "sort",
        "of",
        "is",
        "bytes",
        "instructions",
        "a byte",
        "of the dearest valid",
        "of half the size",
    ]);
    for count in &counts {
        let of_dearest = match count.family.sort {
            Sort::Valid | Sort::Hostile => format!("{:.2}", count.per_byte() / dearest),
            Sort::Query => String::new(),
        };
        let figures = [
            count.size.to_string(),
            count.whole.to_string(),
            format!("{:.1}", count.per_byte()),
            of_dearest,
            format!("{:.2}", count.growth()),
        ];
        let Family { name, sort, fate, .. } = count.family;
        table::add(&mut table, [sort.name(), name, fate.name()], figures);
    }
    page.put("growth", &table.to_string())?;
    let over: Vec<_> =
        counts.iter().filter(|count| count.growth() > MOST).map(|count| count.family.name).collect();
    ensure!(over.is_empty(), "grow by more than {MOST} when the size doubles: {over:?}");
    let dear: Vec<_> = counts
        .iter()
        .filter(|count| count.family.sort == Sort::Hostile && count.per_byte() > MOST_OF_DEAREST * dearest)
        .map(|count| count.family.name)
        .collect();
    ensure!(dear.is_empty(), "cost more than {MOST_OF_DEAREST} times the dearest valid body: {dear:?}");
    Ok(())
}

/// Handles one request of a family, as the process that is counted.
pub(crate) fn run(name: &str, size: usize) -> anyhow::Result<()> {
    let family = FAMILIES.iter().flat_map(|all| all.iter()).find(|family| family.name == name);
    let family = family.with_context(|| format!("no family is called {name:?}"))?;
    let (receiver, request) = (family::receiver(), family.request(size));
    let body = Bytes::from(request.body);
    counted(&mut || {
        let head = Head::new("POST", &request.query);
        match receiver.admit(&head) {
            Ok(admission) if family.sort != Sort::Query => drop(receiver.decode(admission, body.clone())),
            Ok(admission) => drop(admission),
            Err(rejection) => drop(receiver.refuse(&rejection)),
        }
    });
    Ok(())
}

struct Count {
    family: &'static Family,
    size: usize,
    whole: u64,
    half: u64,
}

impl Count {
    fn of(family: &'static Family) -> anyhow::Result<Self> {
        let limit = family.sort.limit();
        let count = |size: usize| valgrind::instructions_of(&["family", family.name, &size.to_string()]);
        Ok(Self { family, size: limit, whole: count(limit)?, half: count(limit / 2)? })
    }

    fn per_byte(&self) -> f64 {
        self.whole as f64 / self.size as f64
    }

    fn growth(&self) -> f64 {
        self.whole as f64 / self.half as f64
    }
}

const FAMILIES: [&[Family]; 3] = [bodies::VALID, bodies::HOSTILE, queries::HOSTILE];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_is_what_it_says_at_any_size() {
        for family in FAMILIES.iter().flat_map(|all| all.iter()) {
            for size in [16_000, 50_000] {
                let request = family.request(size);
                let filled =
                    if family.sort == Sort::Query { request.query.len() } else { request.body.len() };
                assert!((size * 3 / 4..=size).contains(&filled), "{}: {filled} for {size}", family.name);
                assert_eq!(family::fate(&request), family.fate, "{} of {size}", family.name);
            }
        }
    }

    #[test]
    fn no_two_families_share_a_name() {
        let mut names: Vec<_> =
            FAMILIES.iter().flat_map(|all| all.iter()).map(|family| family.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
