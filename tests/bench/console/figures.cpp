#include "tests/bench/console/figures.h"

#include <algorithm>
#include <cstdio>

void Figures::add(const std::string &what, const char *unit, double aim, double clock,
                  double thread)
{
    // Measured more than once: the worst counts.
    for (Figure &figure : m_figures) {
        if (figure.what != what)
            continue;
        figure.clock = std::max(figure.clock, clock);
        figure.thread = std::max(figure.thread, thread);
        return;
    }
    m_figures.push_back({what, unit, aim, clock, thread});
}

void Figures::print() const
{
    const auto text = [](double value) {
        char digits[32] = "-";
        if (value >= 0)
            std::snprintf(digits, sizeof digits, value < 10 ? "%.1f" : "%.0f", value);
        return std::string(digits);
    };
    std::printf("\n%-62s %6s %8s %8s\n", "", "aim", "clock", "thread");
    for (const Figure &figure : m_figures) {
        const double value = figure.thread >= 0 ? figure.thread : figure.clock;
        std::printf("%-62s %6s %8s %8s %-3s%s\n", figure.what.c_str(), text(figure.aim).c_str(),
                    text(figure.clock).c_str(), text(figure.thread).c_str(), figure.unit.c_str(),
                    figure.aim >= 0 && value > figure.aim ? "  OVER" : "");
    }
}
