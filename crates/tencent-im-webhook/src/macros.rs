//! What a row of the catalogue turns into.

/// Makes `Command`, `Event`, `WebhookHandler` and `dispatch` from the rows of the catalogue.
macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])+
        $wire:literal $(| $alias:literal)*
            $variant:ident($module:ident::$payload:ident)
            fn $method:ident -> $reply:ty;
    )*) => {
        /// The name of a webhook, as `CallbackCommand` gives it.
        ///
        /// An open set: the platform adds commands without notice, and its own lists lag behind.
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Command {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!("`", $wire, "`, decoded as [`", stringify!($module), "::", stringify!($payload), "`].")]
                $variant,
            )*
            /// Any other name.
            Unknown($crate::OtherName),
        }

        impl Command {
            /// Every command that this crate types, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(name) => name,
                }
            }

            /// The product or feature that it belongs to: the name up to the dot, such as `Group`.
            #[must_use]
            pub fn family(&self) -> &str {
                self.as_str().split('.').next().unwrap_or_default()
            }

            /// What the platform does with its answer; `None` for an unknown command.
            #[must_use]
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$variant => Some(<$reply as IntoReply>::KIND),)*
                    Self::Unknown(_) => None,
                }
            }

            /// What it can be answered with, the plainest first; empty for an unknown command.
            ///
            /// ```
            /// use tencent_im_webhook::{Choice, Command};
            ///
            /// assert_eq!(Command::StateStateChange.choices(), [Choice::Ok]);
            /// assert!(Command::C2cBeforeSendMsg.choices().contains(&Choice::Discard));
            /// ```
            #[must_use]
            pub fn choices(&self) -> &'static [Choice] {
                match self {
                    $(Self::$variant => <$reply as IntoReply>::CHOICES,)*
                    Self::Unknown(_) => &[],
                }
            }

            /// What it tells, in a sentence; `None` for an unknown command.
            #[must_use]
            pub fn summary(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some(concat!($($doc),+).trim_ascii()),)*
                    Self::Unknown(_) => None,
                }
            }

            /// The answer in a failed handler's place; `None` defers to the console's policy.
            pub(crate) fn in_failure(&self, failing: &Failing<'_>) -> Option<Reply> {
                match self {
                    $(Self::$variant => <$reply as IntoReply>::in_failure(failing),)*
                    Self::Unknown(_) => <() as IntoReply>::in_failure(failing),
                }
            }
        }

        impl std::fmt::Display for Command {
            /// The name on the wire. That of an unknown command is anybody's text: escape it where that
            /// matters.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<&str> for Command {
            fn from(name: &str) -> Self {
                match name {
                    $($wire $(| $alias)* => Self::$variant,)*
                    other => Self::Unknown($crate::OtherName::new(other)),
                }
            }
        }

        /// What a webhook tells: a variant per command, and [`Unknown`](Self::Unknown) for the rest.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            $(
                $(#[doc = $doc])+
                $variant($module::$payload),
            )*
            /// A command that this crate does not know, or a body that does not fit its command.
            Unknown(UnknownEvent),
        }

        impl Event {
            /// The command it came with; `None` for one that named none.
            #[must_use]
            pub fn command(&self) -> Option<&Command> {
                match self {
                    $(Self::$variant(_) => Some(&Command::$variant),)*
                    Self::Unknown(event) => event.command(),
                }
            }

            /// When the webhook was triggered; `None` where its command or its page does not tell.
            #[must_use]
            pub fn event_time(&self) -> Option<UnixMillis> {
                match self {
                    $(Self::$variant(payload) => payload.event_time(),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Every user that it names, in the order of the payload, repeated as there. Empty where there is
            /// none: an empty id is nobody's.
            #[must_use]
            pub fn accounts(&self) -> Vec<&UserId> {
                let mut accounts = match self {
                    $(Self::$variant(payload) => payload.accounts(),)*
                    Self::Unknown(_) => Vec::new(),
                };
                accounts.retain(|account| !account.is_empty());
                accounts
            }

            /// The group that it is about; `None` where there is none, or the id is empty.
            #[must_use]
            pub fn group_id(&self) -> Option<&GroupId> {
                let group = match self {
                    $(Self::$variant(payload) => payload.group_id(),)*
                    Self::Unknown(_) => None,
                };
                group.filter(|group| !group.is_empty())
            }

            /// A text that is the same when the platform sends the event again, and differs between events.
            ///
            /// The message's own key where it has one, else who and when. `None` where neither tells two
            /// events apart, as with a friend deleted twice; there [`Call::duplicate_key`] may know more.
            #[must_use]
            pub fn duplicate_key(&self) -> Option<String> {
                let key = match self {
                    $(Self::$variant(payload) => payload.own_key(),)*
                    Self::Unknown(_) => None,
                };
                let command = self.command()?.as_str();
                let key = key.or_else(|| self.who_and_when())?;
                Some(joined(&[&command, &key]))
            }

            fn who_and_when(&self) -> Option<String> {
                let time = self.event_time()?.0;
                let group = self.group_id().map_or("", GroupId::as_str);
                Some(joined(&[&listed(self.accounts()), &group, &time]))
            }

            /// Hands each payload to the decoder; `None` if the command is unknown.
            pub(crate) fn decode<D: $crate::event::Decoder>(
                command: &Command,
                decoder: D,
            ) -> Option<Result<Self, D::Error>> {
                match command {
                    $(Command::$variant => Some(decoder.decode::<$module::$payload>().map(Self::$variant)),)*
                    Command::Unknown(_) => None,
                }
            }
        }

        $(
            impl Payload for $module::$payload {
                const COMMAND: Command = Command::$variant;
                type Reply = $reply;
            }

            impl From<$module::$payload> for Event {
                fn from(payload: $module::$payload) -> Self {
                    Self::$variant(payload)
                }
            }

            impl TryFrom<Event> for $module::$payload {
                type Error = Event;

                /// Gives the event back if it is another one.
                fn try_from(event: Event) -> Result<Self, Event> {
                    match event {
                        Event::$variant(payload) => Ok(payload),
                        other => Err(other),
                    }
                }
            }
        )*

        impl serde::Serialize for Event {
            /// The body as the platform sends it, with `serde_json` only. `CallbackCommand` comes first, for the few
            /// commands too whose bodies lack it.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let body = match self {
                    $(Self::$variant(payload) => $crate::envelope::encode($wire, payload),)*
                    Self::Unknown(event) => return event.serialize(serializer),
                };
                let body = body.map_err(serde::ser::Error::custom)?;
                let body = $crate::RawJson::new(&body).map_err(serde::ser::Error::custom)?;
                body.serialize(serializer)
            }
        }

        /// What an app does with webhooks: one method per command, each with a harmless default.
        ///
        /// The defaults allow what is about to happen, gifts excepted, and acknowledge what has happened, so
        /// an empty `impl` is a correct server.
        ///
        /// Methods take `&self` and run side by side; keep state behind a lock or a pool. A method of a
        /// *before* command is dropped at the [`deadline`](crate::ReceiverBuilder::deadline), and when the
        /// platform hangs up. One of an *after* command always runs to its end.
        ///
        /// `Arc<H>`, `Box<H>` and their `dyn WebhookHandler` forms are handlers too.
        ///
        /// # Errors
        ///
        /// Any error of a method is answered by the [`FailurePolicy`](crate::FailurePolicy), as is a panic.
        #[diagnostic::on_unimplemented(
            message = "`{Self}` handles no webhooks",
            label = "expected a type that implements `WebhookHandler`",
            note = "`#[async_trait] impl WebhookHandler for {Self} {{}}` is a whole handler; add the methods you need"
        )]
        #[async_trait::async_trait]
        pub trait WebhookHandler: Send + Sync + 'static {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!("`", $wire, "`")]
                async fn $method(
                    &self,
                    cx: &Context,
                    event: $module::$payload,
                ) -> Result<$reply, BoxError> {
                    let _ = (cx, event);
                    Ok(Default::default())
                }
            )*

            /// A command that this crate does not know, or a body that does not fit its command.
            ///
            /// The default answers OK, except for a known *before* command: there it fails with the
            /// [cause](UnknownEvent::cause), so that the [`FailurePolicy`](crate::FailurePolicy) answers.
            async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
                let _ = cx;
                event.default_reply()
            }
        }

        catalogue!(@forward std::sync::Arc<H>, $($method, $module::$payload, $reply;)*);
        catalogue!(@forward Box<H>, $($method, $module::$payload, $reply;)*);

        /// Calls the method of the event's command.
        ///
        /// A function and no method of the trait: a handler that overrode it could disagree with its own
        /// methods.
        ///
        /// # Errors
        ///
        /// What the method returned, or a reply that does not encode.
        pub async fn dispatch<H>(handler: &H, call: Call) -> Result<Reply, BoxError>
        where
            H: WebhookHandler + ?Sized,
        {
            let Call { event, context } = call;
            let cx = &context;
            match event {
                $(Event::$variant(payload) => Ok(handler.$method(cx, payload).await?.into_reply()?),)*
                Event::Unknown(event) => handler.unknown(cx, event).await,
            }
        }
    };

    (@forward $pointer:ty, $($method:ident, $payload:ty, $reply:ty;)*) => {
        #[async_trait::async_trait]
        impl<H: WebhookHandler + ?Sized> WebhookHandler for $pointer {
            $(
                async fn $method(&self, cx: &Context, event: $payload) -> Result<$reply, BoxError> {
                    (**self).$method(cx, event).await
                }
            )*

            async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
                (**self).unknown(cx, event).await
            }
        }
    };
}

pub(crate) use catalogue;
