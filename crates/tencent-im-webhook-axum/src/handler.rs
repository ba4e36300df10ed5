//! Async functions of extractors and a call, as axum's handlers are of extractors and a body.

use std::fmt;
use std::future::Future;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use tencent_im_webhook::{BoxError, Call, ExtractError};

use crate::scene::Scene;

/// An async function that answers a webhook: up to eight extractors, then the [`Call`].
///
/// Implemented for functions and closures; use it through [`Commands`](crate::Commands). The extractors are
/// axum's, of the head of the request only: whatever implements [`FromRequestParts`]. `E` is the payload
/// type, or [`Event`](crate::Event) in a fallback.
///
/// ```
/// use axum::extract::State;
/// use axum::http::{HeaderMap, Uri};
/// use tencent_im_webhook_axum::{Call, Commands, event::state::StateChange};
///
/// #[derive(Clone)]
/// struct Db;
///
/// async fn presence(State(_db): State<Db>, uri: Uri, _: HeaderMap, call: Call<StateChange>) {
///     println!("{} at {}", call.event.info.to_account, uri.path());
/// }
///
/// let commands: Commands<Db> = Commands::new().on(presence);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot answer webhooks",
    label = "expected an async function of up to eight extractors and, last, a `Call<Payload>`",
    note = "each extractor must implement `FromRequestParts` of the router's state: `State<T>` needs `T: FromRef` of \
            it, and extractors of the body, such as `Json`, have no place here, since the `Call` is the body",
    note = "a fallback takes a `Call` without a payload type"
)]
pub trait CommandHandler<E, T, S>: Clone + Send + Sync + 'static {
    /// What the function returns: a [`Decision`](crate::Decision) if it is one for its command.
    type Output;

    /// Extracts, and calls the function.
    #[doc(hidden)]
    fn handle(self, call: Call<E>) -> impl Future<Output = Result<Self::Output, BoxError>> + Send + 'static;
}

macro_rules! handlers {
    ($($extractor:ident)*) => {
        impl<F, Fut, E, S, $($extractor,)*> CommandHandler<E, ($($extractor,)* Call<E>,), S> for F
        where
            F: Fn($($extractor,)* Call<E>) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future + Send + 'static,
            E: Send + 'static,
            S: Send + Sync + 'static,
            $($extractor: FromRequestParts<S> + Send + 'static,)*
        {
            type Output = Fut::Output;

            #[allow(non_snake_case, unused_mut, reason = "a value has the name of its type; there may be none")]
            async fn handle(self, call: Call<E>) -> Result<Fut::Output, BoxError> {
                let scene = Scene::<S>::in_which(&call.context).ok_or(Astray)?;
                let mut parts = scene.parts(&call.context);
                $(let $extractor = extract::<$extractor, S>(&mut parts, scene.state()).await?;)*
                drop((parts, scene));
                Ok(self($($extractor,)* call).await)
            }
        }
    };
}

handlers!();
handlers!(T1);
handlers!(T1 T2);
handlers!(T1 T2 T3);
handlers!(T1 T2 T3 T4);
handlers!(T1 T2 T3 T4 T5);
handlers!(T1 T2 T3 T4 T5 T6);
handlers!(T1 T2 T3 T4 T5 T6 T7);
handlers!(T1 T2 T3 T4 T5 T6 T7 T8);

async fn extract<T, S>(parts: &mut Parts, state: &S) -> Result<T, ExtractError>
where
    T: FromRequestParts<S>,
    S: Send + Sync,
{
    let extracted = T::from_request_parts(parts, state).await;
    extracted.map_err(|rejection| ExtractError::of::<T>(rejection.into_response().status()))
}

/// A call of another mount, handed on by a layer.
#[derive(Debug)]
struct Astray;

impl fmt::Display for Astray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call did not come through the mount of these commands, so nothing can be extracted")
    }
}

impl std::error::Error for Astray {}
