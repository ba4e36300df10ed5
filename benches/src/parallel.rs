use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

/// What the function gives for each, in order. Counts of instructions do not mind a neighbour, so every core takes part.
pub(crate) fn map<T: Send, R: Send>(of: impl Iterator<Item = T>, function: impl Fn(T) -> R + Sync) -> Vec<R> {
    let (todo, done) = (Mutex::new(of.collect::<Vec<_>>().into_iter().enumerate()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some((at, item)) = next(&todo) {
                    let result = function(item);
                    done.lock().expect("no other panicked").push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no other panicked");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Holds the lock no longer than it takes.
fn next<T>(todo: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    todo.lock().expect("no other panicked").next()
}
