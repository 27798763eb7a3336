#pragma once

#include <functional>

#include <QTimer>
#include <QWidget>

#include "gui/model/look.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace meseta::console {

/// A message that does not block: what happened, and perhaps one thing to do about it. A further
/// message takes its place.
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

    void show(Tone tone, const QString &text, const Action &action = {});
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QTimer m_hide;
    Tone m_tone = Tone::Neutral;
    std::function<void()> m_run;
    QLabel *m_text;
    QPushButton *m_action;
    QToolButton *m_close;
};

} // namespace meseta::console
