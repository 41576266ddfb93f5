//! How bad the network and the primaries are.
//!
//! Pure.

use crate::dice::Dice;

/// Chances in a thousand, and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// A datagram is lost.
    pub loss: u32,
    /// A datagram comes twice.
    pub twice: u32,
    /// A datagram takes long.
    pub late: u32,
    /// Usual way of a datagram, in milliseconds.
    pub delay_ms: (u64, u64),
    /// A connection is refused.
    pub refused: u32,
    /// A connection is never answered.
    pub unanswered: u32,
    /// A stream is cut.
    pub cut: u32,
    /// A stream pauses for long.
    pub pause: u32,
    /// A primary lies.
    pub lie: u32,
    /// A primary publishes just when it is asked.
    pub meanwhile: u32,
}

impl Weather {
    /// Nothing goes wrong, and everything takes ten milliseconds.
    pub const CALM: Self = Self {
        loss: 0,
        twice: 0,
        late: 0,
        delay_ms: (10, 10),
        refused: 0,
        unanswered: 0,
        cut: 0,
        pause: 0,
        lie: 0,
        meanwhile: 0,
    };

    /// Anything from a breeze to a storm.
    #[must_use]
    pub const fn any(dice: &mut Dice) -> Self {
        let often = [0, 20, 100, 400][dice.below(4) as usize];
        let lies = [0, 50, 300, 700][dice.below(4) as usize];
        let slow_ms = [20, 200, 3_000][dice.below(3) as usize];
        Self {
            loss: often,
            twice: often / 2,
            late: often / 4,
            delay_ms: (1, slow_ms),
            refused: often / 2,
            unanswered: often / 4,
            cut: often / 2,
            pause: often / 4,
            lie: lies,
            meanwhile: 60,
        }
    }

    /// When the copies of a datagram arrive, in milliseconds from now; none when it is lost.
    #[must_use]
    pub fn arrivals(&self, dice: &mut Dice) -> Vec<u64> {
        if dice.happens(self.loss) {
            return Vec::new();
        }
        let copies = if dice.happens(self.twice) { 2 } else { 1 };
        (0..copies).map(|_| self.delay(dice)).collect()
    }

    /// How long one way takes, in milliseconds.
    #[must_use]
    pub const fn delay(&self, dice: &mut Dice) -> u64 {
        if dice.happens(self.late) {
            return dice.between(1_000, 40_000);
        }
        dice.between(self.delay_ms.0, self.delay_ms.1)
    }
}
