//! Gifts, which are money.

use serde::{Deserialize, Serialize};

use crate::event::concerns;
use crate::id::{RoomId, UserId};
use crate::time::UnixSeconds;
use crate::wire;

/// A viewer is about to send a gift.
///
/// The platform waits two seconds for the [`GiftVerdict`](crate::GiftVerdict), then refuses the gift: the
/// reverse of other webhooks. The app's subscription may turn that round, by naming
/// `Live.CallbackBeforeCallBackNotBlock`, which is never sent.
///
/// It has neither an id nor the time of the webhook, so the same gift given twice in a second looks like
/// one that was asked about twice.
///
/// Tencent: [CN 647/121916](https://cloud.tencent.com/document/product/647/121916),
/// [RTC 72210](https://trtc.io/document/72210).
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct BeforeSendGift {
    /// Who makes the call: the giver, if a client does (inferred).
    #[serde(rename = "Operator_Account")]
    pub operator_account: UserId,
    /// The room.
    pub room_id: RoomId,
    /// The gift.
    #[serde(deserialize_with = "wire::object")]
    pub gift_water: GiftWater,
}

/// The gift of a [`BeforeSendGift`].
///
/// ```
/// use tencent_im_webhook::event::live::BeforeSendGift;
///
/// # let asked: BeforeSendGift = tencent_im_webhook_testing::payload();
/// // If the count is per receiver, twice as much: that is not documented, so agree on it with your client.
/// let price = asked.gift_water.coins.checked_mul(asked.gift_water.count);
/// assert_eq!((price, asked.gift_water.to_account.len()), (Some(70), 2));
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct GiftWater {
    /// Who gives.
    #[serde(rename = "From_Account")]
    pub from_account: UserId,
    /// Who gets it: a list, unlike that key elsewhere.
    #[serde(rename = "To_Account", deserialize_with = "wire::list")]
    pub to_account: Vec<UserId>,
    /// When it was given. Absent: not said.
    #[serde(default, deserialize_with = "wire::optional_number", skip_serializing_if = "Option::is_none")]
    pub time: Option<UnixSeconds>,
    /// Which of the app's gifts it is.
    pub gift_id: String,
    /// How many of it.
    #[serde(deserialize_with = "wire::number")]
    pub count: u64,
    /// The price of one, in the app's coins. Whether [`count`](Self::count) is per receiver is not
    /// documented.
    #[serde(deserialize_with = "wire::number")]
    pub coins: u64,
}

concerns! {
    BeforeSendGift: |it| {
        accounts: [&it.operator_account, &it.gift_water.from_account],
        accounts: &it.gift_water.to_account,
    }
}
