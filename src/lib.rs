//! Watchkeeper: an NVR workstation in one executable.
//!
//! It records IP cameras by H.264 passthrough into crash-safe MP4 segments, keeps an index of them, and
//! plays back any moment.
//!
//! # Layers
//! Imports go downward only, in this order; `tests/tidy.rs` checks it.
//!
//! | module | what it is for |
//! |---|---|
//! | [`ui`] | egui: paints snapshots, returns commands |
//! | [`cli`] | the headless verbs |
//! | [`engine`] | starts, supervises, shuts down; commands, events, snapshots |
//! | [`playback`] | transport, player threads, live pictures, exports |
//! | [`recorder`] | decides, cuts and writes segments |
//! | [`analysis`] | what the pictures show: motion, small pictures |
//! | [`capture`] | RTSP sessions, reconnecting, probing |
//! | [`simulate`] | simulated cameras; meets `capture` over RTSP alone |
//! | [`index`] | redb: which segment is where, and why there is none |
//! | [`storage`] | volumes, paths, retention, recovery |
//! | [`codec`] | decoders, colours, PNG, JPEG |
//! | [`container`] | MP4 bytes, pure |
//! | [`config`] | settings and secrets |
//! | [`media`] | NAL units, parameter sets, clock map; pure |
//! | [`protocol`] | what console and engine say to one another |
//! | [`model`] | the words of the domain; pure |
//! | [`runtime`] | clocks, threads, hand-over |
//!
//! # Threads
//! All named, all joined: `ui` (the main thread), `engine`, `capture`, `record-N` (N is the volume), `index`,
//! `retention`, `motion-N`, `motion-trial`, `thumbnails`, `query`, `diagnosis`, `disk`, `past-*`, `playback`,
//! `player-N`, `decode-N` and `live-N`, `previews`, `marks`, `camera-lists`, `awake`, `snapshot`, `opening`,
//! `upload`, `smb` (the sockets of a NAS), `storage-test`, `finding-*`, `export`, `export-plan`, `notices`,
//! `desktop`, `report`, `ipc`, `errands`, `secrets`, and `simulate`, `simulate-onvif`, `simulate-encode-N`
//! where cameras are simulated; `dialog` while one of the system is open,
//! which alone is left to itself when its sheet is closed; `key-store` and `systemctl` while
//! the system is asked something. Channels are bounded; what happens when one is full is written where it is made.
//!
//! # Invariants
//! - Recording waits for its disk alone.
//! - A fragment reaches the file in one write; the file is synced before the index says it is there.
//! - `recorder::gate` alone decides whether to record, `storage::retention` alone what is deleted.
//! - A recording that is brought elsewhere is removed here only when it is whole there and the index says so.
//! - Where motion cannot be told, footage is kept as if something moved.
//! - The index is a cache: it can be rebuilt from the files, and an unknown file is never deleted.
//! - The UI thread does no I/O, no decoding and no waiting.
//!
//! # Words
//! *Access unit*: one coded picture. *Sample*: an access unit inside MP4. *Random access point*: where
//! decoding can begin. *Fragment*: moof and mdat, what a crash can cost. *Segment*: one file. *Run*: one
//! unbroken RTSP session. *Gap*: time without footage, always with a reason. *Coverage*: merged spans of
//! footage. *Volume*: a place that holds segments.

pub mod analysis;
pub mod capture;
pub mod cli;
pub mod codec;
pub mod config;
pub mod container;
pub mod engine;
pub mod index;
pub mod media;
pub mod model;
pub mod playback;
pub mod protocol;
pub mod recorder;
pub mod runtime;
pub mod simulate;
pub mod storage;
pub mod ui;
