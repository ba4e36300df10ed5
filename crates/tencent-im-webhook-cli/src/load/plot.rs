//! Latency over time, as a picture.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::judge::LIMIT;
use crate::load::record::{Latency, Second, Summary};

/// The median, the 99th percentile and the maximum of each second, on a logarithmic scale, with the platform's limit
/// where it comes into view.
pub(super) fn draw(summary: &Summary, seconds: &[(usize, Second)]) -> String {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    // Text cannot fail to take it.
    draw_on(&area, summary, seconds).expect("a string takes any drawing");
    drop(area);
    svg
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn draw_on(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    summary: &Summary,
    seconds: &[(usize, Second)],
) -> Drawn {
    area.fill(&WHITE)?;
    let last = seconds.last().map_or(1, |(at, _)| at + 1);
    let limit = LIMIT.as_secs_f64() * 1e3;
    let lowest = seconds.iter().map(|(_, second)| millis(second.p50)).fold(1.0, f64::min).max(0.01);
    let highest = millis(summary.max_us.unwrap_or_default()).max(lowest) * 2.0;
    let shown = [summary.p50_us, summary.p99_us, summary.max_us].map(Latency);
    let title = format!("latency: p50 {}, p99 {}, max {}", shown[0], shown[1], shown[2]);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(0..last, (lowest / 2.0..highest).log_scale())?;
    chart.configure_mesh().x_desc("seconds").y_desc("ms").draw()?;
    for (name, color, value) in LINES {
        let points = seconds.iter().map(|(at, second)| (*at, millis(value(second)).max(lowest / 2.0)));
        let line = chart.draw_series(LineSeries::new(points, &color).point_size(2))?;
        line.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    if highest > limit {
        chart.draw_series(LineSeries::new([(0, limit), (last, limit)], &BLACK))?;
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK).draw()?;
    area.present()
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1e3
}

type Line = (&'static str, RGBColor, fn(&Second) -> u64);

const LINES: [Line; 3] = [
    ("p50", GREEN, |second| second.p50),
    ("p99", BLUE, |second| second.p99),
    ("max", RED, |second| second.max),
];

const SIZE: (u32, u32) = (960, 480);
