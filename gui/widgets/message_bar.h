#pragma once

#include <functional>

#include <QList>
#include <QWidget>

#include "gui/model/look.h"

class QVBoxLayout;

namespace meseta::console {

class MessageRow;

/// Messages that do not block: what happened, and perhaps one thing to do about it. A message takes
/// the place of the one before, but one with something to do stays beside it until it was done,
/// closed or half a minute old; at most two of these are shown.
class MessageBar : public QWidget
{
    Q_OBJECT
public:
    explicit MessageBar(QWidget *parent = nullptr);

    struct Action
    {
        QString title;
        std::function<void()> run;
    };

    /// `subject`: what it is about, if more may follow; that takes its place then.
    void show(Tone tone, const QString &text, const Action &action = {},
              const QString &subject = {});
    void withdraw(); ///< the message without anything to do, if there is one
    QString text() const; ///< of the newest that is shown
    /// Does what the newest message that has something to do offers; false: there is none.
    bool runAction();

private:
    MessageRow *addRow();
    MessageRow *rowAbout(const QString &subject, bool withAction) const;
    QList<QWidget *> rows() const;
    MessageRow *newestWithAction();
    void showRows();

    QVBoxLayout *m_column;
    MessageRow *m_plain;
    QList<MessageRow *> m_withAction; ///< newest last
    MessageRow *m_newest = nullptr;
};

} // namespace meseta::console
