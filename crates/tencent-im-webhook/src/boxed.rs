//! Values that are made on the heap.

/// A value that is made where it stays, as far as the compiler can: `Box::new` has it on the stack first, and copies it.
#[inline(always)]
pub(crate) fn boxed<T>(make: impl FnOnce() -> T) -> Box<T> {
    Box::write(Box::new_uninit(), make())
}
