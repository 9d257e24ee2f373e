#pragma once

namespace fogling::state {

/// Gives SQLite an allocator that keeps free blocks in lists by size. Debian builds SQLite without its own
/// ("lookaside"), and a launch asks four hundred times: by malloc that is a quarter of all its work there. To be called
/// before the first connection.
void configure_allocator();

}  // namespace fogling::state
