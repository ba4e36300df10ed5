//! What a row of the catalogue turns into.

/// Makes `Command`, `Event`, `WebhookHandler` and `dispatch` from the rows of the catalogue.
macro_rules! catalogue {
    ($(
        $(#[doc = $doc:literal])+
        $wire:literal $(| $alias:literal)*
            $variant:ident($module:ident::$payload:ident)
            fn $method:ident -> $reply:tt $(<$code:ident>)?;
    )*) => {
        /// The name of a webhook, as `CallbackCommand` gives it.
        ///
        /// An open set: the platform adds commands without notice, and its own lists lag behind.
        ///
        /// ```
        /// use tencent_im_webhook::Command;
        ///
        /// assert_eq!(Command::from("Group.CallbackAfterSendMsg"), Command::GroupAfterSendMsg);
        ///
        /// let new = Command::from("Group.CallbackAfterSomethingNew");
        /// assert!(matches!(new, Command::Other(_)));
        /// assert_eq!(new.to_string(), "Group.CallbackAfterSomethingNew");
        /// ```
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
            Other($crate::OtherName),
        }

        impl Command {
            /// Every command that this crate types, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name on the wire.
            ///
            /// ```
            /// # use tencent_im_webhook::Command;
            /// assert_eq!(Command::C2cBeforeSendMsg.as_str(), "C2C.CallbackBeforeSendMsg");
            /// ```
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Other(name) => name,
                }
            }

            /// The product or feature that it belongs to: the name up to the dot, such as `Group`.
            ///
            /// ```
            /// # use tencent_im_webhook::Command;
            /// assert_eq!(Command::GroupBeforeSendMsg.family(), "Group");
            /// ```
            #[must_use]
            pub fn family(&self) -> &str {
                self.as_str().split('.').next().unwrap_or_default()
            }

            /// What the platform does with its answer; `None` for an unknown command.
            ///
            /// ```
            /// use tencent_im_webhook::{Command, Kind};
            ///
            /// let asks = |command: &&Command| command.kind() == Some(Kind::Before);
            /// assert!(Command::ALL.iter().filter(asks).any(|command| command.family() == "Live"));
            /// assert_eq!(Command::from("Group.CallbackAfterSomethingNew").kind(), None);
            /// ```
            #[must_use]
            pub fn kind(&self) -> Option<Kind> {
                match self {
                    $(Self::$variant => Some(<$reply $(<$code>)? as IntoReply>::KIND),)*
                    Self::Other(_) => None,
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
                    $(Self::$variant => <$reply $(<$code>)? as IntoReply>::CHOICES,)*
                    Self::Other(_) => &[],
                }
            }

            /// What it tells, in a sentence; `None` for an unknown command.
            ///
            /// ```
            /// # use tencent_im_webhook::Command;
            /// assert_eq!(Command::GroupAfterCreateGroup.summary(), Some("A group was created."));
            /// ```
            #[must_use]
            pub fn summary(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some(concat!($($doc),+).trim_ascii()),)*
                    Self::Other(_) => None,
                }
            }

            /// The answer in a failed handler's place; `None` defers to the console's policy.
            pub(crate) fn in_failure(&self, failing: &Failing<'_>) -> Option<Reply> {
                match self {
                    $(Self::$variant => <$reply $(<$code>)? as IntoReply>::in_failure(failing),)*
                    Self::Other(_) => <() as IntoReply>::in_failure(failing),
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
                    other => Self::Other($crate::OtherName::new(other)),
                }
            }
        }

        /// What a webhook tells: a variant per command, and [`Unknown`](Self::Unknown) for the rest.
        ///
        /// ```
        /// use tencent_im_webhook::Event;
        ///
        /// /// What goes into the archive.
        /// fn text_of(event: &Event) -> Option<String> {
        ///     let body = match event {
        ///         Event::C2cAfterSendMsg(message) => &message.msg_body,
        ///         Event::GroupAfterSendMsg(message) => &message.msg_body,
        ///         _ => return None,
        ///     };
        ///     Some(body.texts().collect())
        /// }
        /// # use tencent_im_webhook::event::group::AfterSendMsg;
        /// # let event = tencent_im_webhook_testing::payload::<AfterSendMsg>().into();
        /// assert_eq!(text_of(&event).as_deref(), Some("@jon the apples are ripe"));
        /// ```
        ///
        /// It serializes to the body that the platform sends, with `serde_json`, so that events can be queued or
        /// kept. [`Payload`]s are decoded from it.
        ///
        /// ```
        /// use tencent_im_webhook::Event;
        /// use tencent_im_webhook::event::group::AfterGroupDestroyed;
        ///
        /// # let payload = tencent_im_webhook_testing::payload::<AfterGroupDestroyed>();
        /// let json = serde_json::to_string(&Event::from(payload.clone()))?;
        /// assert!(json.starts_with(r#"{"CallbackCommand":"Group.CallbackAfterGroupDestroyed","#));
        /// assert_eq!(serde_json::from_str::<AfterGroupDestroyed>(&json)?, payload);
        /// # Ok::<_, serde_json::Error>(())
        /// ```
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
            ///
            /// ```
            /// # use tencent_im_webhook::Event;
            /// # use tencent_im_webhook::event::group::AfterSendMsg;
            /// # let event = Event::from(tencent_im_webhook_testing::payload::<AfterSendMsg>());
            /// use tencent_im_webhook::Command;
            ///
            /// assert_eq!(event.command(), Some(&Command::GroupAfterSendMsg));
            /// ```
            #[must_use]
            pub fn command(&self) -> Option<&Command> {
                match self {
                    $(Self::$variant(_) => Some(&Command::$variant),)*
                    Self::Unknown(event) => event.command(),
                }
            }

            /// When the webhook was triggered; `None` where its command or its page does not tell.
            ///
            /// ```
            /// # use tencent_im_webhook::Event;
            /// # use tencent_im_webhook::event::group::AfterSendMsg;
            /// # let event = Event::from(tencent_im_webhook_testing::payload::<AfterSendMsg>());
            /// use std::time::SystemTime;
            ///
            /// let triggered = event.event_time().and_then(|time| time.system_time());
            /// let delay = triggered.and_then(|time| SystemTime::now().duration_since(time).ok());
            /// assert!(delay.is_some());
            /// ```
            #[must_use]
            pub fn event_time(&self) -> Option<UnixMillis> {
                match self {
                    $(Self::$variant(payload) => payload.event_time(),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Every user that it names, in the order of the payload, repeated as there. Empty where there is
            /// none: an empty id is nobody's.
            ///
            /// ```
            /// # use tencent_im_webhook::Event;
            /// # use tencent_im_webhook::event::group::AfterSendMsg;
            /// # let event = Event::from(tencent_im_webhook_testing::payload::<AfterSendMsg>());
            /// assert_eq!(event.accounts(), ["ines", "administrator", "jon"]);
            /// ```
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
            ///
            /// ```
            /// # use tencent_im_webhook::Event;
            /// # use tencent_im_webhook::event::group::AfterSendMsg;
            /// # let event = Event::from(tencent_im_webhook_testing::payload::<AfterSendMsg>());
            /// assert_eq!(event.group_id().map(|group| group.as_str()), Some("@TGS#_orchard"));
            /// ```
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
            ///
            /// ```
            /// # use tencent_im_webhook::Event;
            /// # use tencent_im_webhook::event::group::AfterSendMsg;
            /// # let event = Event::from(tencent_im_webhook_testing::payload::<AfterSendMsg>());
            /// let again = event.clone();
            /// assert!(event.duplicate_key().is_some());
            /// assert_eq!(event.duplicate_key(), again.duplicate_key());
            /// ```
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

            /// What an empty [`WebhookHandler`] answers: yes, gifts excepted, and OK to what has happened.
            ///
            /// ```
            /// use tencent_im_webhook::{BoxError, Call, Reply};
            ///
            /// /// Nobody else wants it. `Reply::ok()` would give gifts away.
            /// async fn fallback(call: Call) -> Result<Reply, BoxError> {
            ///     println!("nobody takes {:?}", call.event.command());
            ///     call.event.default_reply()
            /// }
            /// # use tencent_im_webhook::event::{group::AfterSendMsg, live::BeforeSendGift};
            /// # let reply = |event: tencent_im_webhook::Event| event.default_reply().map(|reply| reply.error_code());
            /// assert_eq!(reply(AfterSendMsg::default().into())?, 0);
            /// assert_ne!(reply(BeforeSendGift::default().into())?, 0);
            /// # Ok::<_, BoxError>(())
            /// ```
            ///
            /// # Errors
            ///
            /// As [`UnknownEvent::default_reply`].
            pub fn default_reply(self) -> Result<Reply, BoxError> {
                match self {
                    $(Self::$variant(_) => Ok(<$reply $(<$code>)?>::default().into_reply()?),)*
                    Self::Unknown(event) => event.default_reply(),
                }
            }

            /// Has the command's payload decoded and put in its place; `None` if the command is unknown.
            pub(crate) fn decode<D: $crate::event::Decoder>(
                command: &Command,
                decoder: D,
                into: &mut Self,
            ) -> Option<Result<(), D::Error>> {
                match command {
                    $(Command::$variant => {
                        Some(decoder.decode::<$module::$payload>().map(|payload| *into = Self::$variant(payload)))
                    })*
                    Command::Other(_) => None,
                }
            }
        }

        $(
            impl Payload for $module::$payload {
                const COMMAND: Command = Command::$variant;
                type Reply = $reply $(<$code>)?;
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
        /// ```
        /// use std::sync::Mutex;
        ///
        /// use tencent_im_webhook::event::{c2c, group};
        /// use tencent_im_webhook::{
        ///     BoxError, Context, GroupCode, MessageVerdict, UserId, WebhookHandler, async_trait,
        /// };
        ///
        /// /// Lets nobody write the same twice in a row.
        /// #[derive(Default)]
        /// struct Echo {
        ///     last: Mutex<Option<(UserId, String)>>,
        /// }
        ///
        /// impl Echo {
        ///     fn is_new(&self, from: &UserId, text: String) -> bool {
        ///         let said = Some((from.clone(), text));
        ///         let mut last = self.last.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ///         std::mem::replace(&mut *last, said.clone()) != said
        ///     }
        /// }
        ///
        /// #[async_trait]
        /// impl WebhookHandler for Echo {
        ///     async fn c2c_before_send_msg(
        ///         &self,
        ///         _: &Context,
        ///         message: c2c::BeforeSendMsg,
        ///     ) -> Result<MessageVerdict, BoxError> {
        ///         match self.is_new(&message.from_account, message.msg_body.texts().collect()) {
        ///             true => Ok(MessageVerdict::Allow),
        ///             false => Ok(MessageVerdict::Discard),
        ///         }
        ///     }
        ///
        ///     // Groups have their own range of codes, which the type of the verdict says.
        ///     async fn group_before_send_msg(
        ///         &self,
        ///         _: &Context,
        ///         message: group::BeforeSendMsg,
        ///     ) -> Result<MessageVerdict<GroupCode>, BoxError> {
        ///         match self.is_new(&message.from_account, message.msg_body.texts().collect()) {
        ///             true => Ok(MessageVerdict::Allow),
        ///             false => Ok(MessageVerdict::RejectWith(GroupCode::FIRST, "you said that".into())),
        ///         }
        ///     }
        /// }
        /// ```
        ///
        /// The page of each method has its skeleton, to be copied. `Arc<H>`, `Box<H>` and their `dyn WebhookHandler`
        /// forms are handlers too.
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
                ///
                /// ```
                #[doc = concat!("use tencent_im_webhook::event::", stringify!($module), ";")]
                #[doc = catalogue!(@imports $reply $(<$code>)?)]
                /// # struct App;
                /// #[async_trait]
                /// impl WebhookHandler for App {
                #[doc = concat!("    async fn ", stringify!($method), "(")]
                ///         &self,
                ///         cx: &Context,
                #[doc = concat!("        event: ", stringify!($module), "::", stringify!($payload), ",")]
                #[doc = concat!(
                    "    ) -> Result<", stringify!($reply), $("<", stringify!($code), ">",)? ", BoxError> {"
                )]
                #[doc = catalogue!(@answer $reply)]
                ///     }
                /// }
                /// ```
                async fn $method(
                    &self,
                    cx: &Context,
                    event: $module::$payload,
                ) -> Result<$reply $(<$code>)?, BoxError> {
                    let _ = (cx, event);
                    Ok(Default::default())
                }
            )*

            /// A command that this crate does not know, or a body that does not fit its command.
            ///
            /// The default answers OK, except for a known *before* command: there it fails with the
            /// [cause](UnknownEvent::cause), so that the [`FailurePolicy`](crate::FailurePolicy) answers.
            ///
            /// ```
            /// use tencent_im_webhook::{BoxError, Context, Reply, UnknownEvent, WebhookHandler, async_trait};
            ///
            /// # struct App;
            /// #[async_trait]
            /// impl WebhookHandler for App {
            ///     async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
            ///         match (event.command(), event.cause()) {
            ///             (Some(command), Some(cause)) => eprintln!("{command} does not fit {cause}"),
            ///             (Some(command), None) => eprintln!("{:?} is new", command.as_str()),
            ///             (None, _) => {} // The console tries the URL.
            ///         }
            ///         event.default_reply()
            ///     }
            /// }
            /// ```
            async fn unknown(&self, cx: &Context, event: UnknownEvent) -> Result<Reply, BoxError> {
                let _ = cx;
                event.default_reply()
            }
        }

        catalogue!(@forward std::sync::Arc<H>, $($method, $module::$payload, $reply $(<$code>)?;)*);
        catalogue!(@forward Box<H>, $($method, $module::$payload, $reply $(<$code>)?;)*);

        /// Calls the method of the event's command.
        ///
        /// A function and no method of the trait: a handler that overrode it could disagree with its own
        /// methods.
        ///
        /// ```
        /// use tencent_im_webhook::event::group::AfterSendMsg;
        /// use tencent_im_webhook::{Call, WebhookHandler, dispatch};
        ///
        /// struct App;
        /// impl WebhookHandler for App {}
        ///
        /// # #[tokio::main(flavor = "current_thread")]
        /// # async fn main() -> Result<(), tencent_im_webhook::BoxError> {
        /// # let Call { event, context, .. } = tencent_im_webhook_testing::call(AfterSendMsg::default());
        /// # let call = Call { event: event.into(), context };
        /// let reply = dispatch(&App, call).await?;
        /// assert_eq!(reply.error_code(), 0);
        /// # Ok(())
        /// # }
        /// ```
        ///
        /// # Errors
        ///
        /// What the method returned, or a reply that does not encode.
        pub async fn dispatch<H>(handler: &H, call: Call) -> Result<Reply, BoxError>
        where
            H: WebhookHandler + ?Sized,
        {
            dispatch_to(handler, call).await
        }

        /// The same for any pointer to a handler.
        // An async function would have room for the call twice, once as its argument, and move both.
        pub(crate) fn dispatch_to<P, H>(handler: P, call: Call) -> impl Future<Output = Result<Reply, BoxError>>
        where
            P: std::ops::Deref<Target = H>,
            H: WebhookHandler + ?Sized,
        {
            async move { decide(&*handler, &call.context, call.event).await }
        }

        fn decide<'a, H>(handler: &'a H, cx: &'a Context, event: Event) -> Deciding<'a>
        where
            H: WebhookHandler + ?Sized,
        {
            match event {
                $(Event::$variant(payload) => handler.$method(cx, payload).into(),)*
                Event::Unknown(event) => Deciding::Unknown(handler.unknown(cx, event)),
            }
        }
    };

    // What the example of a method imports, in the order of rustfmt.
    (@imports ()) => {
        "use tencent_im_webhook::{BoxError, Context, WebhookHandler, async_trait};"
    };
    (@imports $reply:ident) => {
        concat!(
            "use tencent_im_webhook::{BoxError, Context, ", stringify!($reply), ", WebhookHandler, async_trait};"
        )
    };
    (@imports $reply:ident<$code:ident>) => {
        concat!(
            "use tencent_im_webhook::{BoxError, Context, ", stringify!($code), ", ", stringify!($reply),
            ", WebhookHandler, async_trait};"
        )
    };

    (@answer ()) => { "        Ok(())" };
    (@answer $reply:ident) => { concat!("        Ok(", stringify!($reply), "::default())") };

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
