//! What a picture costs in each decoder, on the same streams. Needs `ffmpeg`.

#![allow(missing_docs, clippy::expect_used)]

#[path = "../tests/footage/mod.rs"]
mod footage;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use footage::{Film, GOP};
use watchkeeper::codec::open_decoder;
use watchkeeper::media::StreamParameters;
use watchkeeper::simulate::{EncodedLoop, LoopSpec};

/// What makes the program choose each decoder. The streams are of the kind that all of them can do.
const DECODERS: [(&str, bool, bool); 3] = [
    ("openh264: in order", true, false),
    ("rusty_h264: reordered", true, true),
    ("rust_h264: interlaced", false, true),
];

fn films() -> [(&'static str, Film); 3] {
    let simulated = LoopSpec::new(0, (1920, 1080), 25, 2, 4_000_000);
    let low = ["-bf", "0", "-profile:v", "baseline", "-b:v", "500k"];
    [
        ("simulated 1080p", Film::simulated(EncodedLoop::make(&simulated).expect("encoded"))),
        ("High 1080p", Film::at_rate("1920x1080", GOP, "4M")),
        ("Baseline 640x360", Film::encode("640x360", GOP, &low)),
    ]
}

fn decode(c: &mut Criterion) {
    for (name, film) in films() {
        let mut group = c.benchmark_group(format!("decode {name}"));
        group.sample_size(10).throughput(Throughput::Elements(film.units.len() as u64));
        for (decoder, progressive, may_reorder) in DECODERS {
            let mut parameters = StreamParameters::clone(&film.parameters);
            parameters.video.progressive = progressive;
            parameters.video.may_reorder = may_reorder;
            let mut decoder_of = open_decoder(&parameters).expect("a decoder");
            let mut frames = Vec::new();
            group.bench_function(decoder, |b| {
                b.iter(|| {
                    decoder_of.reset();
                    for unit in &film.units {
                        decoder_of.decode(&unit.data, unit.pts, &mut frames).expect("decodes");
                        frames.drain(..).for_each(|frame| decoder_of.recycle(frame));
                    }
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
