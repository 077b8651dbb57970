// What does the real plan of a repair hold for a host?
#pragma once

#include "agent/repair/repairs.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing {

// Through collect, judge and plan, with options that the door would let in.
Plan planned(const Repair& repair, const Host& host, const Options& options = {}, JudgeContext context = {});

// "key-acl restart"
std::string ids(const Plan& plan);

std::vector<std::string> words(const Rung& rung);

// Is `part` in one of the obstacles?
bool hindered_by(const Plan& plan, const std::string& part);

} // namespace rdpmedic::testing
