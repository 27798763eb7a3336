#include "gui/widgets/message_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "gui/widgets/icons.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int shortWhileMs = 8000;
constexpr int longWhileMs = 30000; // troubles, and what can be undone

} // namespace

MessageBar::MessageBar(QWidget *parent)
    : QWidget(parent), m_text(new QLabel), m_action(new QPushButton), m_close(new QToolButton)
{
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setIcon(icon(QStringLiteral("close")));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(Theme::Large + 20, 6, Theme::Small, 6);
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    row->addWidget(m_close);
    m_hide.setSingleShot(true);
    connect(&m_hide, &QTimer::timeout, this, &QWidget::hide);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_run)
            m_run();
    });
    m_close->setToolTip(tr("Close"));
    m_close->setAccessibleName(tr("Close"));
    hide();
}

void MessageBar::show(Tone tone, const QString &text, const Action &action)
{
    m_tone = tone;
    m_run = action.run;
    m_text->setText(text);
    setAccessibleName(text);
    m_action->setText(action.title);
    m_action->setVisible(!action.title.isEmpty());
    m_hide.start(tone == Tone::Bad || action.run ? longWhileMs : shortWhileMs);
    setVisible(true);
    update();
}

QString MessageBar::text() const
{
    return isHidden() ? QString() : m_text->text();
}

void MessageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), Theme::notice(m_tone));
    const Sign sign = m_tone == Tone::Bad ? Sign::Cross
        : m_tone == Tone::Busy            ? Sign::Triangle
        : m_tone == Tone::Good            ? Sign::Check
                                          : Sign::Dot;
    paintSign(&painter, QRectF(Theme::Large, 0, 12, height()),
              {m_tone == Tone::Neutral ? Tone::Accent : m_tone, sign});
}

void MessageBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange) {
        m_close->setToolTip(tr("Close"));
        m_close->setAccessibleName(tr("Close"));
    }
    QWidget::changeEvent(event);
}

} // namespace meseta::console
