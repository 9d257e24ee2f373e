#pragma once

namespace fogling::state {

/// Lets SQLite's own page cache be told less often to look through all that it holds. To be called before SQLite is
/// first used.
///
/// When SQLite splits a page of a tree it puts the halves into order by lending one of them a number that no page has.
/// Its cache takes that for the largest number so far, and at the end of the transaction goes through every cached page
/// to find those beyond the end of the database, of which there are none: an eighth of the time of a launch.
void configure_page_cache();

}  // namespace fogling::state
