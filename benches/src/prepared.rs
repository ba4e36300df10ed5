//! What the steps of a webhook begin with.

use bytes::Bytes;
use tencent_im_webhook::{Admission, Receiver};

use crate::{Body, Request, receiver};

/// A request that will be admitted.
pub fn ready(body: Body) -> (Receiver, Request) {
    let (receiver, request) = (receiver(), Request::new(body));
    // The first request of a second computes the digest.
    drop(receiver.admit(&request.head()));
    (receiver, request)
}

/// One that will not.
pub fn refused(body: Body) -> (Receiver, Request) {
    let (receiver, request) = ready(body);
    (receiver, request.spoiled())
}

/// One that is admitted.
pub fn admitted(body: Body) -> (Receiver, Admission, Bytes) {
    let (receiver, request) = ready(body);
    let admission = receiver.admit(&request.head()).expect("signed now");
    (receiver, admission, request.body.into())
}
