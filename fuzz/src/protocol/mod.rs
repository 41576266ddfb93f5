//! Messages, master files and zones: what `wire`, `zone` and `proto` do with any octets.

pub mod answer;
pub mod content;
pub mod inbound;
pub mod judge;
pub mod letters;
pub mod master_file;
pub mod message;
pub mod notify;
pub mod outbound;
pub mod parsed;
pub mod proof;
pub mod received;
pub mod signature;
pub mod spelled;
pub mod truth;
pub mod tsig;
pub mod walk;
pub mod world;
pub mod zone;
