//! What every code of a size shows alike: finder, timing and alignment patterns (ISO/IEC 18004, 5.3).

/// A module whose colour is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Its middle, in modules.
    pub(crate) across: f64,
    /// Its middle, in modules.
    pub(crate) down: f64,
    /// How much it counts: above 0 when it is light, below when it is dark.
    pub(crate) light: f64,
}

/// Versions there are.
pub(crate) const VERSIONS: std::ops::RangeInclusive<usize> = 1..=40;

/// Modules along a side.
pub(crate) fn size_of(version: usize) -> usize {
    17 + 4 * version
}

/// Where rows and columns of alignment patterns are, as indices of their middles; the first is the timing pattern's.
pub(crate) fn alignments(version: usize) -> Vec<usize> {
    if version < 2 {
        return Vec::new();
    }
    let gaps = version / 7 + 1;
    let last = size_of(version) - 7;
    // Even steps from the far end; version 32 is the one exception of the standard's table.
    let step = if version == 32 {
        26
    } else {
        (version * 4 + gaps * 2 + 3) / (gaps * 2) * 2
    };
    let mut places: Vec<usize> = (0..gaps).map(|index| last - index * step).collect();
    places.push(6);
    places.reverse();
    places
}

/// The modules of an alignment pattern around its middle.
pub(crate) fn alignment(across: usize, down: usize) -> impl Iterator<Item = Known> {
    rings(across, down, 2, |ring| if ring == 1 { 1.0 } else { -1.0 })
}

/// All that is known of a code.
pub(crate) fn known(version: usize) -> Vec<Known> {
    let size = size_of(version);
    let finder = |ring: usize| if ring == 2 || ring == 4 { 1.0 } else { -1.0 };
    let corners = [(3, 3), (size - 4, 3), (3, size - 4)];
    let within = |module: &Known| module.across > 0.0 && module.down > 0.0;
    let inside = move |module: &Known| within(module) && module.across < size as f64 && module.down < size as f64;
    let mut modules: Vec<Known> = corners
        .iter()
        .flat_map(|&(across, down)| rings(across, down, 4, finder))
        .filter(inside)
        .collect();
    for place in 8..size - 8 {
        let light = if place % 2 == 0 { -2.0 } else { 2.0 };
        let along = place as f64 + 0.5;
        modules.push(Known {
            across: along,
            down: 6.5,
            light,
        });
        modules.push(Known {
            across: 6.5,
            down: along,
            light,
        });
    }
    let places = alignments(version);
    let last = places.last().copied().unwrap_or(0);
    for &down in &places {
        for &across in &places {
            let at_finder = [(6, 6), (last, 6), (6, last)].contains(&(across, down));
            if !at_finder {
                modules.extend(alignment(across, down));
            }
        }
    }
    modules
}

/// The modules around one, ring by ring.
fn rings(across: usize, down: usize, reach: i64, light: impl Fn(usize) -> f64) -> impl Iterator<Item = Known> {
    (-reach..=reach)
        .flat_map(move |y| (-reach..=reach).map(move |x| (x, y)))
        .map(move |(x, y)| {
            let ring = x.unsigned_abs().max(y.unsigned_abs());
            let light = light(usize::try_from(ring).unwrap_or(0));
            Known {
                across: across as f64 + x as f64 + 0.5,
                down: down as f64 + y as f64 + 0.5,
                light,
            }
        })
}
