//! Reading a body: bounded in bytes and in time, and not copied where it comes in one piece.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BufMut, Bytes};
use http_body::Body;

use crate::error::{BoxError, Rejection, RejectionKind};
use crate::receiver::Admission;
use crate::service::timer::Timer;

pin_project_lite::pin_project! {
    /// The body of an admitted request, as it comes.
    pub(super) struct Reading<B> {
        // Dropped when it is read: the service has nothing to do with it.
        #[pin]
        body: Option<B>,
        collected: Collected,
        has_waited: bool,
        timer: Timer,
    }
}

impl<B> Reading<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body: Some(body), collected: Collected::Nothing, has_waited: false, timer: Timer::default() }
    }
}

impl<B: Body<Error: Into<BoxError>>> Reading<B> {
    /// Waits for the whole of it, up to limit and deadline of its admission.
    pub(super) fn poll(
        mut self: Pin<&mut Self>,
        admission: &Admission,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Bytes, Rejection>> {
        let body = match self.as_mut().poll_body(admission, cx) {
            Poll::Ready(body) => body,
            Poll::Pending => {
                ready!(self.as_mut().poll_timer(admission, cx));
                Err(RejectionKind::BodyTooSlow.into())
            }
        };
        self.project().body.set(None);
        Poll::Ready(body.map_err(|rejection| rejection.of(admission.app())))
    }

    fn poll_timer(self: Pin<&mut Self>, admission: &Admission, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // What has come with the head may still have to be handed on, as in actix-web: to look again costs less than
        // a timer.
        if !mem::replace(this.has_waited, true) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.timer.poll(admission.body_deadline(), cx)
    }

    fn poll_body(
        self: Pin<&mut Self>,
        admission: &Admission,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Bytes, Rejection>> {
        let this = self.project();
        let Some(mut body) = this.body.as_pin_mut() else { return Poll::Pending };
        while let Some(frame) = ready!(body.as_mut().poll_frame(cx)) {
            let frame = frame.map_err(|error| Rejection::new(RejectionKind::BodyBroken, error))?;
            // Trailers say nothing here.
            let Ok(mut data) = frame.into_data() else { continue };
            let total = this.collected.len().saturating_add(data.remaining());
            if total > admission.body_limit() {
                return Poll::Ready(Err(RejectionKind::TooLarge.into()));
            }
            if data.has_remaining() {
                this.collected.add(&mut data, admission);
            }
            // Most bodies come in one piece and know it, which spares the question for another.
            if body.is_end_stream() {
                break;
            }
        }
        Poll::Ready(Ok(mem::take(this.collected).into_bytes()))
    }
}

/// What has come of a body.
#[derive(Default)]
enum Collected {
    #[default]
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

    fn add(&mut self, piece: &mut impl Buf, admission: &Admission) {
        let size = piece.remaining();
        let mut pieces = match mem::take(self) {
            Self::Nothing => {
                *self = Self::One(piece.copy_to_bytes(size));
                return;
            }
            Self::One(first) => first.to_vec(),
            Self::Many(pieces) => pieces,
        };
        let total = pieces.len() + size;
        if total > pieces.capacity() {
            pieces.reserve_exact(room(total, admission) - pieces.len());
        }
        pieces.put(piece);
        *self = Self::Many(pieces);
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

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::VecDeque;
    use std::convert::Infallible;
    use std::future::poll_fn;
    use std::pin::pin;
    use std::time::Duration;

    use http_body::Frame;
    use tokio::time::Instant;

    use crate::{Head, Receiver, SdkAppId};

    const LIMIT: usize = 64 * 1024;

    fn admission(announced: Option<u64>) -> Admission {
        let receiver =
            Receiver::builder().app_without_signature(SdkAppId(1)).body_limit(LIMIT).build().unwrap();
        let head = Head { content_length: announced, ..Head::new("POST", "SdkAppid=1") };
        receiver.admit(&head).unwrap()
    }

    /// Comes in pieces, and perhaps never ends.
    struct Pieces(VecDeque<Bytes>, bool);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match self.0.pop_front() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
                None if self.1 => Poll::Pending,
                None => Poll::Ready(None),
            }
        }
    }

    async fn read(pieces: Pieces) -> Result<Bytes, RejectionKind> {
        let (admission, mut reading) = (admission(None), pin!(Reading::new(pieces)));
        let body = poll_fn(|cx| reading.as_mut().poll(&admission, cx)).await;
        body.map_err(|rejection| rejection.kind())
    }

    async fn read_pieces(sizes: &[usize]) -> Result<Bytes, RejectionKind> {
        let pieces = sizes.iter().map(|&size| Bytes::from(vec![b'x'; size])).collect();
        read(Pieces(pieces, false)).await
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit_however_it_comes() {
        for sizes in [&[][..], &[0], &[1], &[1, 0, 2], &[LIMIT], &[LIMIT - 1, 1], &[1, 1, LIMIT - 2]] {
            assert_eq!(read_pieces(sizes).await.map(|body| body.len()), Ok(sizes.iter().sum()), "{sizes:?}");
        }
        for sizes in [&[LIMIT + 1][..], &[LIMIT, 1], &[1, 1, LIMIT - 1]] {
            assert_eq!(read_pieces(sizes).await, Err(RejectionKind::TooLarge), "{sizes:?}");
        }
    }

    #[tokio::test]
    async fn one_piece_is_not_copied_and_many_keep_their_order() {
        let one = Bytes::from_static(b"whole");
        let read_one = read(Pieces([one.clone()].into(), false)).await.unwrap();
        assert_eq!((read_one.as_ptr(), read_one.len()), (one.as_ptr(), one.len()));
        let many = ["in ", "three ", "pieces"].map(Bytes::from).into();
        assert_eq!(read(Pieces(many, false)).await.unwrap(), "in three pieces");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_end_has_its_time() {
        let start = Instant::now();
        let stalled = read(Pieces([Bytes::from_static(b"{")].into(), true)).await;
        assert_eq!(stalled, Err(RejectionKind::BodyTooSlow));
        // Timers have a resolution of a millisecond.
        assert!(start.elapsed().abs_diff(Duration::from_secs(1)) <= Duration::from_millis(1));
    }

    #[test]
    fn room_is_made_once_for_what_was_announced_and_seldom_for_the_rest() {
        for (announced, bytes, expected) in [
            (Some(30_000), 100, 30_000),
            (Some(100), 100, 100),
            (Some(100), 101, 128),
            (None, 100, 128),
            (None, 10_000, 16_384),
            (None, 16_384, 16_384),
            (None, 16_385, LIMIT),
            (Some(100), 16_385, LIMIT),
            (None, LIMIT + 1, LIMIT + 1),
        ] {
            assert_eq!(room(bytes, &admission(announced)), expected, "{bytes} of {announced:?}");
        }
        let admission = admission(Some(100));
        let mut collected = Collected::Nothing;
        collected.add(&mut Bytes::from_static(&[0; 10]), &admission);
        collected.add(&mut Bytes::from_static(&[0; 20]), &admission);
        let Collected::Many(pieces) = collected else { panic!("two pieces are many") };
        assert_eq!((pieces.len(), pieces.capacity()), (30, 100));
    }
}
