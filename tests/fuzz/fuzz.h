#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Inputs to start from, of each fuzz target.
std::vector<std::string> fuzzSeeds();

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);
