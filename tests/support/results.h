#pragma once

#include <QTest>

/// The Result is no error; else the test fails with its message.
#define VERIFY_OK(result)                                                                          \
    do {                                                                                           \
        const auto &checked = (result);                                                            \
        QVERIFY2(checked, checked ? "" : checked.error().message.c_str());                         \
    } while (false)

/// The Result is an error that says this.
#define VERIFY_REFUSED(result, part)                                                               \
    do {                                                                                           \
        const auto &checked = (result);                                                            \
        QVERIFY(!checked);                                                                         \
        QVERIFY2(checked.error().message.find(part) != std::string::npos,                          \
                 checked.error().message.c_str());                                                 \
    } while (false)
