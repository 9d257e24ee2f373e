#pragma once

namespace fogling::state {

/// The name of a VFS that gathers what SQLite writes to its log. SQLite writes a head and a page apart for each page
/// that a transaction changed, sixty system calls for a launch; here they are one, made when the commit's last page
/// comes. The disk is set to work at once, so that a checkpoint finds little left to wait for.
const char* log_writer();

}  // namespace fogling::state
