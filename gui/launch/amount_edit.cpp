#include "gui/launch/amount_edit.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>

namespace meseta::console {

AmountEdit::AmountEdit(int decimals, double step, const QString &suffix, QWidget *parent)
    : QWidget(parent)
    , m_number(new QDoubleSpinBox)
    , m_slider(new QSlider(Qt::Horizontal))
    , m_step(step)
{
    m_number->setDecimals(decimals);
    m_number->setRange(0, 64.0 * 1024 * 1024);
    m_number->setSingleStep(step);
    m_number->setSuffix(suffix);
    m_number->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("000000.00 MiB"))
                              + 40);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_number);
    row->addWidget(m_slider, 1);
    setFocusProxy(m_number);
    connect(m_number, &QDoubleSpinBox::valueChanged, this, [this] {
        moveSlider();
        Q_EMIT changed();
    });
    connect(m_slider, &QSlider::valueChanged, this,
            [this](int steps) { m_number->setValue(steps * m_step); });
}

double AmountEdit::value() const
{
    return m_number->value();
}

void AmountEdit::setValue(double value)
{
    m_number->setValue(value);
    moveSlider();
}

void AmountEdit::setReach(double most)
{
    m_reach = std::max(most, m_step);
    const QSignalBlocker quiet(m_slider);
    m_slider->setRange(0, static_cast<int>(m_reach / m_step + 1e-6)); // 0.3 / 0.1 is below 3
    moveSlider();
}

void AmountEdit::setAccessibleNames(const QString &name)
{
    m_number->setAccessibleName(name);
    m_slider->setAccessibleName(name);
}

void AmountEdit::moveSlider()
{
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(static_cast<int>(std::min(value(), m_reach) / m_step));
}

} // namespace meseta::console
