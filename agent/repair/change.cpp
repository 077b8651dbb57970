// What copies and destroys the many kinds of a change, compiled once.
#include "agent/repair/change.hpp"

namespace rdpmedic {

Change::Change() = default;
Change::Change(const Change&) = default;
Change::Change(Change&&) noexcept = default;
Change& Change::operator=(const Change&) = default;
Change& Change::operator=(Change&&) noexcept = default;
Change::~Change() = default;

} // namespace rdpmedic
