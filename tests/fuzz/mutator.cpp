// Drives a fuzz target without libFuzzer: the same mutations of its seeds in every run, and a limit
// on memory.
//   tst_fuzz_json [-maxwarnings 0] [iterations] [seed]      tst_fuzz_json file   (one input, to
//   look at a crash)

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include <google/protobuf/stubs/logging.h>

#include "fuzz.h"

namespace {

constexpr std::size_t LongestInput = 1 << 16;
constexpr rlim_t MemoryLimit = rlim_t(2) << 30;

class Mutator
{
public:
    explicit Mutator(unsigned seed) : m_random(seed) { }

    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : m_random() % bound; }

    void mutate(std::string &input, const std::string &other)
    {
        for (std::size_t n = 1 + below(4); n > 0; --n)
            mutateOnce(input, other);
        if (input.size() > LongestInput)
            input.resize(LongestInput);
    }

private:
    void mutateOnce(std::string &input, const std::string &other)
    {
        const std::size_t at = below(input.size() + 1);
        const std::size_t length = below(std::min<std::size_t>(input.size() - at, 32) + 1);
        switch (below(7)) {
        case 0:
            input.insert(at, 1, static_cast<char>(below(256)));
            break;
        case 1:
            input.erase(at, length);
            break;
        case 2:
            input.insert(at, input.substr(at, length));
            break;
        case 3:
            input.insert(at, other.substr(below(other.size()), 1 + below(64)));
            break;
        case 4:
            input.replace(at, length, interesting());
            break;
        case 5:
            if (at < input.size())
                input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
            break;
        default:
            if (at < input.size())
                input[at] = static_cast<char>(below(256));
        }
    }

    const std::string &interesting()
    {
        static const std::vector<std::string> texts = {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01",
                                                       "\xFF\xFF\xFF\xFF\x0F",
                                                       std::string(4, '\0'),
                                                       "\x0B",
                                                       "\x0C",
                                                       "{}",
                                                       "[",
                                                       "]",
                                                       "}",
                                                       ":",
                                                       ",",
                                                       "null",
                                                       "\"",
                                                       "\\u",
                                                       "\\ud800",
                                                       "1e309",
                                                       "-",
                                                       "18446744073709551616",
                                                       "\n",
                                                       "\xED\xA0\x80"};
        return texts[below(texts.size())];
    }

    std::mt19937 m_random;
};

void runOne(const std::string &input)
{
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(input.data()), input.size());
}

void fuzz(std::size_t iterations, unsigned seed)
{
    Mutator mutator(seed);
    const std::vector<std::string> seeds = fuzzSeeds();
    std::vector<std::string> earlier = seeds;
    for (const std::string &input : seeds)
        runOne(input);
    for (std::size_t i = 0; i < iterations; ++i) {
        const auto &from = mutator.below(2) == 0
            ? seeds
            : earlier; // seeds again and again: mutants of mutants are soon noise
        std::string input = from[mutator.below(from.size())];
        mutator.mutate(input, seeds[mutator.below(seeds.size())]);
        runOne(input);
        if (earlier.size() < 100)
            earlier.push_back(input);
        else if (mutator.below(20) == 0)
            earlier[mutator.below(earlier.size())] = input;
    }
}

} // namespace

int main(int argc, char **argv)
{
    const rlimit limit{MemoryLimit, MemoryLimit};
    setrlimit(RLIMIT_AS, &limit);
    google::protobuf::SetLogHandler(nullptr); // bytes that are no UTF-8 are what this is about
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() >= 2 && arguments[0] == "-maxwarnings")
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    if (!arguments.empty() && arguments[0].find_first_not_of("0123456789") != std::string::npos) {
        std::ifstream file(arguments[0], std::ios::binary);
        runOne(std::string(std::istreambuf_iterator<char>(file), {}));
        return 0;
    }
    const std::size_t iterations = arguments.empty() ? 100000 : std::stoul(arguments[0]);
    fuzz(iterations,
         arguments.size() < 2 ? 20261122U : static_cast<unsigned>(std::stoul(arguments[1])));
    std::cout << "survived " << iterations << " inputs\n";
    return 0;
}
