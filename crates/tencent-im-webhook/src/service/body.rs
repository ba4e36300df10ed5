//! Reading a body: bounded in bytes and in time, and not copied where it comes in one piece.

use std::pin::{Pin, pin};

use bytes::{Buf, BufMut, Bytes};
use http_body::Body;

use crate::error::{BoxError, Rejection, RejectionKind};
use crate::receiver::Admission;
use crate::service::within::within;

pub(super) async fn read<B>(admission: &Admission, body: Pin<&mut B>) -> Result<Bytes, Rejection>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let collected = match within(admission.body_deadline(), pin!(collect(admission, body))).await {
        Ok(collected) => collected,
        Err(_elapsed) => Err(RejectionKind::BodyTooSlow.into()),
    };
    collected.map_err(|rejection| rejection.of(admission.app()))
}

async fn collect<B>(admission: &Admission, mut body: Pin<&mut B>) -> Result<Bytes, Rejection>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    let limit = admission.body_limit();
    let mut collected = Collected::Nothing;
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| Rejection::new(RejectionKind::BodyBroken, error))?;
        // Trailers say nothing here.
        let Ok(mut data) = frame.into_data() else { continue };
        let total = collected.len().saturating_add(data.remaining());
        if total > limit {
            return Err(RejectionKind::TooLarge.into());
        }
        if data.has_remaining() {
            collected = collected.and(&mut data, admission);
        }
        // Most bodies come in one piece and know it, which spares the question for another.
        if body.is_end_stream() {
            break;
        }
    }
    Ok(collected.into_bytes())
}

/// What has come of a body.
enum Collected {
    Nothing,
    /// One piece, shared with the connection's buffer.
    One(Bytes),
    Many(Vec<u8>),
}

impl Collected {
    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(piece) => piece.len(),
            Self::Many(pieces) => pieces.len(),
        }
    }

    fn and(self, piece: &mut impl Buf, admission: &Admission) -> Self {
        let size = piece.remaining();
        let mut pieces = match self {
            Self::Nothing => return Self::One(piece.copy_to_bytes(size)),
            Self::One(first) => first.to_vec(),
            Self::Many(pieces) => pieces,
        };
        let total = pieces.len() + size;
        if total > pieces.capacity() {
            pieces.reserve_exact(room(total, admission) - pieces.len());
        }
        pieces.put(piece);
        Self::Many(pieces)
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(piece) => piece,
            Self::Many(pieces) => pieces.into(),
        }
    }
}

/// How much room to make for a body that has this many bytes by now.
///
/// The announced length where there is one. Else it doubles while small, and is then the limit at once:
/// moving a large body from one buffer to another would take the heap of both.
fn room(bytes: usize, admission: &Admission) -> usize {
    let announced = admission.content_length().and_then(|length| usize::try_from(length).ok());
    match announced {
        Some(announced) if announced >= bytes => announced,
        Some(_) | None if bytes <= SMALL => bytes.next_power_of_two(),
        Some(_) | None => admission.body_limit().max(bytes),
    }
}

const SMALL: usize = 16 * 1024;
