//! The table of whole servers as a picture.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::counts::Counts;
use crate::servers::Server;

/// A panel for each body: bars for each framework, all from zero.
pub(crate) fn draw(panels: &[(String, Counts)]) -> String {
    let mut svg = String::new();
    let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    // Text cannot fail to take it.
    draw_on(&area, panels).expect("a string takes any drawing");
    drop(area);
    svg
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn draw_on(area: &Area<'_>, panels: &[(String, Counts)]) -> Drawn {
    area.fill(&WHITE)?;
    let (head, rest) = area.split_vertically(HEAD);
    draw_legend(&head)?;
    let rows = panels.len().div_ceil(COLUMNS);
    for (panel, (title, counts)) in rest.split_evenly((rows, COLUMNS)).iter().zip(panels) {
        draw_panel(panel, title, counts)?;
    }
    area.present()
}

fn draw_legend(area: &Area<'_>) -> Drawn {
    let text = |at, text: &str| area.draw_text(text, &label(15, HPos::Left), at);
    text((MARGIN, 22), "user-space instructions per request, in thousands")?;
    for ((name, color), left) in BARS.iter().zip([430, 580, 760]) {
        area.draw(&Rectangle::new([(left, 15), (left + 14, 29)], color.filled()))?;
        text((left + 20, 22), name)?;
    }
    Ok(())
}

fn draw_panel(area: &Area<'_>, title: &str, counts: &Counts) -> Drawn {
    let highest =
        GROUPS.iter().flat_map(|(_, servers)| servers).filter_map(|server| counts.get((*server)?)).max();
    let highest = thousands(highest.unwrap_or(1));
    let width = BARS.len() as f64 + 1.0;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(MARGIN)
        .x_label_area_size(24)
        .y_label_area_size(48)
        .build_cartesian_2d(0.0..width * GROUPS.len() as f64, 0.0..highest * 1.12)?;
    let digits = if highest < 10.0 { 1 } else { 0 };
    let thousands_of = |value: &f64| format!("{value:.digits$}");
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_label_formatter(&thousands_of)
        .light_line_style(WHITE)
        .draw()?;
    for (group, (framework, servers)) in GROUPS.iter().enumerate() {
        let start = width * group as f64 + 0.5;
        for (at, (server, (_, color))) in servers.iter().zip(BARS).enumerate() {
            let Some(count) = server.and_then(|server| counts.get(server)) else { continue };
            let (left, height) = (start + at as f64, thousands(count));
            let bar = Rectangle::new([(left + 0.06, 0.0), (left + 0.94, height)], color.filled());
            let figure = Text::new(
                format!("{height:.0}"),
                (left + 0.5, height * 1.01),
                label(12, HPos::Center).pos(ABOVE),
            );
            chart.draw_series([bar])?;
            chart.draw_series([figure])?;
        }
        let drawn = servers.iter().flatten().count() as f64;
        let middle = chart.backend_coord(&(start + drawn / 2.0, 0.0));
        area.draw_text(framework, &label(14, HPos::Center), within(area, (middle.0, middle.1 + 14)))?;
    }
    Ok(())
}

/// A place of the whole picture in one of its parts.
fn within(area: &Area<'_>, (x, y): (i32, i32)) -> (i32, i32) {
    let (left, top) = area.get_base_pixel();
    (x - left, y - top)
}

fn label(size: u32, horizontal: HPos) -> TextStyle<'static> {
    ("sans-serif", size).into_text_style(&SIZE).color(&BLACK).pos(Pos::new(horizontal, VPos::Center))
}

fn thousands(count: u64) -> f64 {
    count as f64 / 1e3
}

const BARS: [(&str, RGBColor); 3] = [
    ("the bare server", RGBColor(160, 160, 160)),
    ("tencent-im-webhook", RGBColor(31, 111, 180)),
    ("by hand, typed, unsigned", RGBColor(214, 118, 22)),
];

/// Each with its bars, as far as they are there.
const GROUPS: [(&str, [Option<Server>; 3]); 3] = [
    ("hyper", [Some(Server::HyperBare), Some(Server::HyperWebhook), None]),
    ("axum", [Some(Server::AxumBare), Some(Server::AxumWebhook), Some(Server::AxumTyped)]),
    ("actix-web", [Some(Server::ActixBare), Some(Server::ActixWebhook), Some(Server::ActixTyped)]),
];

const ABOVE: Pos = Pos { h_pos: HPos::Center, v_pos: VPos::Bottom };
const COLUMNS: usize = 2;
const HEAD: u32 = 44;
const MARGIN: i32 = 12;
const SIZE: (u32, u32) = (960, 660);
