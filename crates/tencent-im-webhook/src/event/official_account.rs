//! Official accounts ("official channels" in the English console).
//!
//! Chinese pages say that these webhooks are switched on by support ticket; international ones say in the
//! console.

use serde::{Deserialize, Serialize};

use crate::event::{concerns, listed};
use crate::id::{MsgKey, OfficialAccountId, UserId};
use crate::message::MsgBody;
use crate::time::{UnixMillis, UnixSeconds};
use crate::wire;

/// An administrator is about to create an official account over REST.
///
/// The platform waits two seconds for the [`Verdict`](crate::Verdict), then creates it unless the console
/// says otherwise. The account has no id yet. Of what the call may set, only the name is told.
///
/// Tencent: [CN 102315](https://cloud.tencent.com/document/product/269/102315),
/// [INTL 60795](https://www.tencentcloud.com/document/product/1047/60795).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeCreateOfficialAccount {
    /// Who made the call.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who is to own it.
    #[serde(rename = "Owner_Account")]
    pub owner_account: UserId,
    /// What it is to be called, at most 150 bytes.
    pub name: String,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An official account was created over REST.
///
/// Tencent: [INTL 60796](https://www.tencentcloud.com/document/product/1047/60796).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterCreateOfficialAccount {
    /// The new account.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who made the call.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who owns it.
    #[serde(rename = "Owner_Account")]
    pub owner_account: UserId,
    /// What it is called.
    pub name: String,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// The profile of an official account was changed over REST.
///
/// Its limit of subscribers and its custom text can be changed as well, but are not told. Whether what
/// stays as it was is left out is not documented; the similar group command does so.
///
/// Tencent: [CN 102317](https://cloud.tencent.com/document/product/269/102317),
/// [INTL 60797](https://www.tencentcloud.com/document/product/1047/60797).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterOfficialAccountInfoChanged {
    /// Whose profile it is.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who changed it.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The new introduction. Absent if it stays (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introduction: Option<String>,
    /// The new name. Absent if it stays (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The URL of the new picture. Absent if it stays (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face_url: Option<String>,
    /// The organization that it belongs to now. Absent if it stays (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An official account was destroyed over REST. By whom is not told.
///
/// Tencent: [CN 102318](https://cloud.tencent.com/document/product/269/102318),
/// [INTL 60798](https://www.tencentcloud.com/document/product/1047/60798).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterOfficialAccountDestroyed {
    /// The account that is gone.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who owned it.
    #[serde(rename = "Owner_Account")]
    pub owner_account: UserId,
    /// What it was called.
    pub name: String,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Users are about to subscribe: from a client, or an administrator adds them over REST.
///
/// The platform waits two seconds for the [`SubscribeVerdict`](crate::SubscribeVerdict), then lets them
/// subscribe unless the console says otherwise.
///
/// ```
/// use tencent_im_webhook::SubscribeVerdict;
/// use tencent_im_webhook::event::official_account::BeforeAddSubscriber;
///
/// fn decide(asked: BeforeAddSubscriber, banned: &[&str]) -> SubscribeVerdict {
///     let accounts = asked.subscribe_account_list.into_iter().map(|subscriber| subscriber.subscriber_account);
///     let refused: Vec<_> = accounts.filter(|account| banned.contains(&account.as_str())).collect();
///     match refused.is_empty() {
///         true => SubscribeVerdict::Allow,
///         false => SubscribeVerdict::AllowExcept(refused),
///     }
/// }
/// # let refused = SubscribeVerdict::AllowExcept(vec!["quentin".into()]);
/// # assert_eq!(decide(tencent_im_webhook_testing::payload(), &["quentin"]), refused);
/// ```
///
/// Tencent: [INTL 60799](https://www.tencentcloud.com/document/product/1047/60799).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeAddSubscriber {
    /// What they subscribe to.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who asks for it: the subscriber or an administrator.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who is to subscribe.
    #[serde(deserialize_with = "wire::objects")]
    pub subscribe_account_list: Vec<Subscriber>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Users subscribed, from a client or over REST.
///
/// Tencent: [CN 102320](https://cloud.tencent.com/document/product/269/102320),
/// [INTL 60800](https://www.tencentcloud.com/document/product/1047/60800).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterAddSubscriber {
    /// What they subscribed to.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who asked for it: the subscriber or an administrator.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who subscribed.
    #[serde(deserialize_with = "wire::objects")]
    pub subscribe_account_list: Vec<Subscriber>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// An official account is full: a subscription reached its limit, which is 100000 unless set otherwise.
///
/// Tencent: [INTL 60801](https://www.tencentcloud.com/document/product/1047/60801).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterOfficialAccountFull {
    /// The account that takes no more subscribers.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Users unsubscribed from a client, or an administrator removed them.
///
/// Tencent: [INTL 60802](https://www.tencentcloud.com/document/product/1047/60802).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterDeleteSubscriber {
    /// What they were subscribed to.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Who asked for it: the subscriber or an administrator.
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// Who left. The key is that of the commands for joining.
    #[serde(deserialize_with = "wire::objects")]
    pub subscribe_account_list: Vec<Subscriber>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A user who subscribes or leaves.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Subscriber {
    /// Who it is. A [`SubscribeVerdict`](crate::SubscribeVerdict) names the refused by this.
    #[serde(rename = "Subscriber_Account")]
    pub subscriber_account: UserId,
}

/// A message is about to go to the subscribers, from a client or over REST.
///
/// The platform waits two seconds for the [`MessageVerdict`](crate::MessageVerdict), then lets the message
/// pass unless the console says otherwise. Nothing here ties it to the later [`AfterSendMsg`]: it has
/// neither sender nor id.
///
/// ```
/// use tencent_im_webhook::MessageVerdict;
/// use tencent_im_webhook::event::official_account::BeforeSendMsg;
///
/// /// It has no sender, so the rules are the account's.
/// fn decide(message: &BeforeSendMsg) -> MessageVerdict {
///     let is_news = message.official_account == "@TOA#_gazette";
///     let has_link = message.msg_body.texts().any(|text| text.contains("http://"));
///     match has_link && !is_news {
///         true => MessageVerdict::Reject,
///         false => MessageVerdict::Allow,
///     }
/// }
/// # assert_eq!(decide(&tencent_im_webhook_testing::payload()), MessageVerdict::Allow);
/// ```
///
/// Tencent: [CN 102323](https://cloud.tencent.com/document/product/269/102323),
/// [INTL 60803](https://www.tencentcloud.com/document/product/1047/60803).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeSendMsg {
    /// Whose subscribers get it.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Whether it is for subscribers online now, and not stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent if it has none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message went to the subscribers, as a [`BeforeSendMsg`] verdict left it.
///
/// Tencent: [CN 102324](https://cloud.tencent.com/document/product/269/102324),
/// [INTL 60804](https://www.tencentcloud.com/document/product/1047/60804).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterSendMsg {
    /// Whose subscribers got it.
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// Its key, which a recall names together with the account.
    pub msg_key: MsgKey,
    /// When the platform took it. The unit follows from the vendor's sample.
    #[serde(deserialize_with = "wire::number")]
    pub msg_time: UnixSeconds,
    /// Whether it was for subscribers online then, and not stored. Absent: not said.
    #[serde(default, with = "wire::optional_flag", skip_serializing_if = "Option::is_none")]
    pub online_only_flag: Option<bool>,
    /// What it says.
    pub msg_body: MsgBody,
    /// The app's own data of the message. Absent if it has none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_custom_data: Option<String>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// Messages to the subscribers were recalled, from a client or over REST. By whom is not told.
///
/// ```
/// use tencent_im_webhook::event::official_account::{AfterMsgWithdraw, AfterSendMsg};
///
/// /// A key is one of its account.
/// fn is_recalled(message: &AfterSendMsg, recall: &AfterMsgWithdraw) -> bool {
///     message.official_account == recall.official_account
///         && recall.withdraw_msg_list.iter().any(|recalled| recalled.msg_key == message.msg_key)
/// }
/// # let (message, recall) = (AfterSendMsg::default(), AfterMsgWithdraw::default());
/// # assert!(!is_recalled(&message, &recall));
/// ```
///
/// Tencent: [CN 102325](https://cloud.tencent.com/document/product/269/102325),
/// [INTL 60805](https://www.tencentcloud.com/document/product/1047/60805).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AfterMsgWithdraw {
    /// Whose messages they were. The vendor's sample begins with `#` instead of `@`: a slip (inferred).
    #[serde(rename = "Official_Account")]
    pub official_account: OfficialAccountId,
    /// The messages.
    #[serde(deserialize_with = "wire::objects")]
    pub withdraw_msg_list: Vec<WithdrawnMsg>,
    /// When the webhook was triggered.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub event_time: Option<UnixMillis>,
}

/// A message of an [`AfterMsgWithdraw`].
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct WithdrawnMsg {
    /// The key that [`AfterSendMsg::msg_key`] gave it. In the vendor's sample, not in its table.
    pub msg_key: MsgKey,
}

concerns! {
    BeforeCreateOfficialAccount: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.owner_account],
        key_at_time: [&it.operator_account, &it.owner_account, &it.name],
    }
    AfterCreateOfficialAccount: |it| {
        time: it.event_time,
        accounts: [&it.operator_account, &it.owner_account],
        key_at_time: [&it.official_account],
    }
    AfterOfficialAccountInfoChanged: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        key_at_time: [&it.official_account, &it.operator_account],
    }
    AfterOfficialAccountDestroyed: |it| {
        time: it.event_time,
        accounts: [&it.owner_account],
        key_at_time: [&it.official_account],
    }
    BeforeAddSubscriber: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: subscribers(&it.subscribe_account_list),
        key_at_time: [
            &it.official_account,
            &it.operator_account,
            &listed(subscribers(&it.subscribe_account_list)),
        ],
    }
    AfterAddSubscriber: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: subscribers(&it.subscribe_account_list),
        key_at_time: [
            &it.official_account,
            &it.operator_account,
            &listed(subscribers(&it.subscribe_account_list)),
        ],
    }
    AfterOfficialAccountFull: |it| {
        time: it.event_time,
        key_at_time: [&it.official_account],
    }
    AfterDeleteSubscriber: |it| {
        time: it.event_time,
        accounts: [&it.operator_account],
        accounts: subscribers(&it.subscribe_account_list),
        key_at_time: [
            &it.official_account,
            &it.operator_account,
            &listed(subscribers(&it.subscribe_account_list)),
        ],
    }
    BeforeSendMsg: |it| {
        time: it.event_time,
        key_at_time: [&it.official_account],
    }
    AfterSendMsg: |it| {
        time: it.event_time,
        key: [&it.official_account, &it.msg_key],
    }
    AfterMsgWithdraw: |it| {
        time: it.event_time,
        key: [&it.official_account, &keys_of(&it.withdraw_msg_list)],
    }
}

fn subscribers(list: &[Subscriber]) -> impl Iterator<Item = &UserId> {
    list.iter().map(|subscriber| &subscriber.subscriber_account)
}

fn keys_of(messages: &[WithdrawnMsg]) -> String {
    listed(messages.iter().map(|message| &message.msg_key))
}
