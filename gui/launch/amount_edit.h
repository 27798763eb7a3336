#pragma once

#include <QWidget>

class QDoubleSpinBox;
class QSlider;

namespace meseta::console {

/// A number with a slider beside it. The slider reaches to what the chosen place has free; a larger
/// number can still be typed.
class AmountEdit : public QWidget
{
    Q_OBJECT
public:
    AmountEdit(int decimals, double step, const QString &suffix, QWidget *parent = nullptr);

    double value() const;
    void setValue(double value);
    void setReach(double most); ///< of the slider
    void setAccessibleNames(const QString &name);

Q_SIGNALS:
    void changed();

private:
    void moveSlider();

    QDoubleSpinBox *m_number;
    QSlider *m_slider;
    double m_step;
    double m_reach = 1;
};

} // namespace meseta::console
