#pragma once

#include <string>
#include <vector>

/// What a run has measured, beside what it aims at: printed together at its end.
class Figures
{
public:
    /// Negative: no aim, or not measured that way. `thread` is the GUI thread's own time.
    void add(const std::string &what, const char *unit, double aim, double clock, double thread);
    void print() const;

private:
    struct Figure
    {
        std::string what;
        std::string unit;
        double aim;
        double clock;
        double thread;
    };

    std::vector<Figure> m_figures;
};
