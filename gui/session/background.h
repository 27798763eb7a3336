#pragma once

#include <memory>
#include <type_traits>

#include <QObject>
#include <QPointer>
#include <QThreadPool>

namespace meseta::console {

/// Does some work on another thread, then gives its result to `done` on this one, unless `context`
/// is gone by then. Called on the window's thread.
template <typename Work, typename Done> void inBackground(QObject *context, Work work, Done done)
{
    using Outcome = std::invoke_result_t<Work>;
    auto *relay = new QObject; // lives on this thread, until the work is done
    QPointer<QObject> wanted(context);
    QThreadPool::globalInstance()->start([=]() mutable {
        auto outcome = std::make_shared<Outcome>(work());
        QMetaObject::invokeMethod(
            relay,
            [=]() mutable {
                relay->deleteLater();
                if (wanted)
                    done(std::move(*outcome));
            },
            Qt::QueuedConnection);
    });
}

} // namespace meseta::console
