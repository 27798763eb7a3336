#pragma once

#include <QTest>

/// What to do when a part that a test needs is missing: fail when CI=true, else skip. Use as
///     if (const auto missing = engine.missing(); !missing.isEmpty()) MESETA_MISSING(missing);
#define MESETA_MISSING(what)                                                                       \
    do {                                                                                           \
        if (qEnvironmentVariable("CI") == QLatin1String("true"))                                   \
            QFAIL(qPrintable(what));                                                               \
        QSKIP(qPrintable(what));                                                                   \
    } while (false)
