#include "state/document.hpp"

template class nlohmann::basic_json<>;
